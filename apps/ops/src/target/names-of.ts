import type { Store } from '@parley/domain';
import type { UserId } from '@parley/protocol';

const AT_ONCE = 500;

/** Those without a row are left out. */
export const namesOf = async (store: Store, ids: readonly UserId[]): Promise<Map<UserId, string>> => {
  const names = new Map<UserId, string>();
  for (let n = 0; n < ids.length; n += AT_ONCE) for (const { id, name } of await store.findUsers(ids.slice(n, n + AT_ONCE))) names.set(id, name);
  return names;
};

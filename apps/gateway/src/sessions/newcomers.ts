import { LRUCache } from 'lru-cache';
import type { Store } from '@parley/domain';
import type { Session } from './session.ts';

/** Users who are known to have a row: without asking the store again, and while it is away. */
const MAX_KNOWN = 100_000;

/** Gives a user whom another issuer vouches for a row in the store, at the first sign-in. Throws `StoreUnavailable`. */
export const createNewcomers = (store: Pick<Store, 'createUser'>): ((session: Session) => Promise<void>) => {
  const known = new LRUCache<string, true>({ max: MAX_KNOWN });
  return async ({ issuer, user: { id, name } }) => {
    if (issuer === null || known.has(id)) return;
    await store.createUser({ id, name });
    known.set(id, true);
  };
};

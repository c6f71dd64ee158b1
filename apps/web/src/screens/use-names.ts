import { useEffect, useState } from 'react';
import { LIMITS, type UserId } from '@parley/protocol';
import type { ChatModel } from '../state/chat-model.ts';

/** The names of these users, of those known by now; the others are asked for. */
export const useNames = (chat: ChatModel, userIds: readonly UserId[]): ReadonlyMap<UserId, string> => {
  const [, learned] = useState(0);
  const unknown = userIds.filter((id) => chat.nameOf(id) === undefined).slice(0, LIMITS.getUsers);
  const key = unknown.join(' ');
  useEffect(() => {
    if (key === '') return;
    let gone = false;
    const ask = async () => {
      try {
        const { users } = await chat.client.getUsers(key.split(' ') as UserId[]);
        chat.learn(users.map(({ id, name }) => ({ userId: id, name })));
        if (!gone && users.length > 0) learned((count) => count + 1);
      } catch {
        // Without their names they are not listed before their page is.
      }
    };
    void ask();
    return () => { gone = true; };
  }, [chat, key]);
  return new Map(userIds.flatMap((id): [UserId, string][] => { const name = chat.nameOf(id); return name === undefined ? [] : [[id, name]]; }));
};

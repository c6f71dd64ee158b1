import type { RoomAppenders } from '@parley/appender';
import type { Finding } from '@parley/content-rules';
import type { Said } from '../said.ts';
import type { ServerState } from './server-state.ts';

export type RulesAgainst = {
  /** At once, in the order in which things were said. */
  find(said: Said): readonly Finding[];
  /** Those that count, once it is known who said it. Throws what is away. */
  counting(said: Said, findings: readonly Finding[]): Promise<readonly Finding[]>;
};

/** What the rules of the server hold against what was said. */
export const createRulesAgainst = (server: ServerState, appenders: RoomAppenders): RulesAgainst => {
  const isSpared = async ({ roomId, userId }: Said): Promise<boolean> => {
    if (server.isAdmin(userId)) return true;
    const role = (await appenders.membership(roomId, userId))?.role;
    return role === 'owner' || role === 'moderator';
  };
  return {
    find: (said) => server.judge(said),
    counting: async (said, findings) =>
      (findings.some(({ sparesModerators }) => sparesModerators) && (await isSpared(said)) ? findings.filter(({ sparesModerators }) => !sparesModerators) : findings),
  };
};

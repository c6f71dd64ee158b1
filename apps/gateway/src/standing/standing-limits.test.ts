import { newCmid, newUserId } from '@parley/domain';
import type { SessionId } from '@parley/protocol';
import { waitFor } from '@parley/testkit';
import { MemoryModerationStore } from '@parley/testkit/memory-moderation-store';
import { expect, onTestFinished, test } from 'vitest';
import type { StandingLimits } from './limits.ts';
import { Standing } from './standing.ts';

const standingOf = async (limits: Partial<StandingLimits>): Promise<Standing> => {
  const standing = new Standing({ moderation: new MemoryModerationStore(), sessionMs: 60_000, limits, onDefect: () => {} });
  onTestFinished(() => standing.close());
  await waitFor('all to be read', () => standing.known);
  return standing;
};
const ban = (standing: Standing) => standing.act({ act: 'user.banned', userId: newUserId(), until: null, reason: 'spam', by: null, cmid: newCmid() });
const revoke = (standing: Standing, userId = newUserId()) =>
  standing.act({ act: 'session.revoked', userId, sessionId: newCmid() as string as SessionId, until: Date.now() + 60_000, by: null, cmid: newCmid() });

test('as many users can be banned as can be kept in mind, and one more cannot', async () => {
  const standing = await standingOf({ bans: 2 });
  await ban(standing);
  expect(() => standing.requireRoomForBan()).not.toThrow();
  await ban(standing);
  expect(() => standing.requireRoomForBan()).toThrow(expect.objectContaining({ code: 'limit_reached' }) as Error);
  expect(standing.size).toEqual({ bans: 2, revocations: 0 });
});

test('users end as many of their sessions as can be kept in mind, each and all together, and no more', async () => {
  const standing = await standingOf({ revocations: 3, ownRevocations: 2 });
  const [ada, bob] = [newUserId(), newUserId()];
  const mayStill = (userId: typeof ada): string => {
    try {
      standing.requireRoomForOwnRevocation(userId);
      return 'yes';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  await revoke(standing, ada);
  expect([mayStill(ada), mayStill(bob)]).toEqual(['yes', 'yes']);
  await revoke(standing, ada);
  expect([mayStill(ada), mayStill(bob)]).toEqual(['limit_reached', 'yes']);
  await revoke(standing);
  expect(mayStill(bob)).toBe('limit_reached');
});

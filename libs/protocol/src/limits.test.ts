import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { COMMANDS, LIMITS, sessionRequestSchema, type CommandName } from './index.ts';

const roomId = `r00${'0'.repeat(24)}`;
const userId = `u${'0'.repeat(26)}`;
const eventId = '0'.repeat(26);
const change = { roomId, cmid: 'c' };
const of = <N extends CommandName>(name: N, make: (n: number) => z.input<(typeof COMMANDS)[N]['request']>) => ({ schema: COMMANDS[name].request as z.ZodType, make });
const text = (n: number): string => 'x'.repeat(n);
const many = <T>(n: number, item: T): T[] => Array.from({ length: n }, () => item);
const rule = (id: string, fields: object) => ({ id, kind: 'words' as const, action: 'reject' as const, reason: 'r', words: ['w'], ...fields });

type Checked = Exclude<keyof typeof LIMITS, 'frameBytes' | 'depth' | 'values' | 'ruleValues' | 'commandsInFlight' | 'syncPage' | 'syncGap' | 'moderators' | 'presenceRoom' | 'presenceRooms' | 'typingMs' | 'claimMs'>;

/** An argument that is as large as it may be for n, and too large for n + 1. The other limits count over time, and are shown where they are held. */
const CHECKED: Record<Checked, { schema: z.ZodType; make: (n: number) => unknown }> = {
  bodyBytes: of('message:send', (n) => ({ ...change, body: text(n) })),
  cmidLength: of('room:leave', (n) => ({ ...change, cmid: text(n) })),
  userNameLength: { schema: sessionRequestSchema, make: (n) => ({ name: text(n) }) },
  roomNameLength: of('room:create', (n) => ({ kind: 'public', name: text(n), cmid: 'c' })),
  topicLength: of('room:update', (n) => ({ ...change, topic: text(n) })),
  joinRooms: of('room:join', (n) => ({ roomIds: many(n, roomId) })),
  getUsers: of('user:get', (n) => ({ userIds: many(n, userId) })),
  historyPage: of('room:history', (n) => ({ roomId, limit: n })),
  listPage: of('room:list', (n) => ({ scope: 'mine', limit: n })),
  membersPage: of('room:members', (n) => ({ roomId, limit: n })),
  presenceWindow: of('presence:watch', (n) => ({ roomId, userIds: many(n, userId) })),
  reasonLength: of('message:hide', (n) => ({ ...change, messageId: eventId, reason: text(n) })),
  remarkLength: of('report:create', (n) => ({ cmid: 'c', roomId, subject: { userId }, category: 'spam', remark: text(n) })),
  sanctionMs: of('member:ban', (n) => ({ ...change, userId, forMs: n, reason: 'r' })),
  slowModeMs: of('room:update', (n) => ({ ...change, slowModeMs: n })),
  casesPage: of('report:list', (n) => ({ limit: n })),
  auditPage: of('audit:list', (n) => ({ limit: n })),
  rules: of('rule:save', (n) => ({ version: 0, rules: Array.from({ length: n }, (_, index) => rule(`r${index}`, {})) })),
  rulePatterns: of('rule:save', (n) => ({ version: 0, rules: [rule('a', { words: many(n - 1, 'w') }), rule('b', {})] })),
  ruleBytes: of('rule:save', (n) => {
    // Filled up to so many bytes with words as long as they may be, and one that is shorter.
    const size = (words: string[]): number => JSON.stringify(COMMANDS['rule:save'].request.shape.rules.safeParse([rule('a', { words })]).data ?? [{ ...rule('a', { words }), sparesModerators: true, anywhere: false }]).length;
    const words = many(Math.floor((n - 400) / (LIMITS.ruleWordLength + 3)), text(LIMITS.ruleWordLength));
    return { version: 0, rules: [rule('a', { words: [...words, ...fill(n - size([...words, '']))] })] };
  }),
  ruleWordLength: of('rule:save', (n) => ({ version: 0, rules: [rule('a', { words: [text(n)] })] })),
  rulePatternLength: of('rule:save', (n) => ({ version: 0, rules: [rule('a', { kind: 'patterns', patterns: [text(n)] }) as never] })),
};

/** Words that add `bytes` to a list that ends in an empty one. */
function fill(bytes: number): string[] {
  return bytes <= LIMITS.ruleWordLength ? [text(bytes)] : [text(LIMITS.ruleWordLength), ...fill(bytes - LIMITS.ruleWordLength - 3)];
}

describe('an argument', () => {
  it.each(Object.entries(CHECKED))('is taken at its limit and refused beyond it: %s', (name, { schema, make }) => {
    const limit = LIMITS[name as Checked];
    expect(schema.safeParse(make(limit)).error?.issues ?? []).toEqual([]);
    expect(schema.safeParse(make(limit + 1)).success).toBe(false);
  });
});

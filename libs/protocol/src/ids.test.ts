import { describe, expect, it } from 'vitest';
import { cmidSchema, epochSchema, eventIdSchema, nameSchema, roomIdSchema, seqSchema, textSchema, userIdSchema } from './ids.ts';
import { LIMITS } from './limits.ts';

const roomId = `r0f${'0'.repeat(23)}v`;
const ulid = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

describe('ids', () => {
  it.each([
    ['a room', roomIdSchema, [roomId, roomId.replace('r', 'd')], ['', 'r0f', roomId.toUpperCase(), `${roomId}0`, ` ${roomId}`, `${roomId}\n`, roomId.replace('v', 'w'), roomId.replace('r0f', 'x0f'), roomId.replace('r0f', 'r0g')]],
    ['a user', userIdSchema, [`u${ulid.toLowerCase()}`], [ulid.toLowerCase(), `u${ulid}`, `u${ulid.toLowerCase()}0`, `u${'i'.repeat(26)}`, `u${ulid.toLowerCase()}\n`]],
    ['an event', eventIdSchema, [ulid], [ulid.toLowerCase(), ulid.slice(1), `${ulid}0`, ulid.replace('A', 'I'), ulid.replace('A', 'U'), `${ulid}\n`]],
    ['a command', cmidSchema, ['a', ulid, 'a-b_C9', 'u1:room.7', '0'.repeat(LIMITS.cmidLength)], ['', 'a b', 'ä', 'a\n', 'a/b', 'a>', 'a*', '0'.repeat(LIMITS.cmidLength + 1)]],
  ])('of %s have their one form', (_, schema, good, bad) => {
    expect(good.filter((id) => !schema.safeParse(id).success)).toEqual([]);
    expect([...bad, 7, null, undefined, [good[0]], { toString: () => good[0] }].filter((id) => schema.safeParse(id).success)).toEqual([]);
  });

  it.each([NaN, Infinity, -1, 1.5, 2 ** 53, '1', null, 1n])('do not take %s for a place in a log', (value) => {
    expect([seqSchema.safeParse(value).success, epochSchema.safeParse(value).success]).toEqual([false, false]);
  });

  it('count seqs from 0 and epochs from 1', () => {
    expect([seqSchema.safeParse(0).success, epochSchema.safeParse(0).success, epochSchema.safeParse(1).success]).toEqual([true, false, true]);
    expect(seqSchema.safeParse(Number.MAX_SAFE_INTEGER).success).toBe(true);
  });
});

describe('text', () => {
  const schema = textSchema(12);
  const tooLarge = (text: string): boolean => {
    const result = schema.safeParse(text);
    return !result.success && result.error.issues.some((issue) => issue.code === 'custom' && issue.params?.['tooLarge'] === true);
  };

  it.each([
    ['one byte', 'a'.repeat(12), 'a'.repeat(13)],
    ['two bytes', 'é'.repeat(6), 'é'.repeat(7)],
    ['three bytes', '€'.repeat(4), `${'€'.repeat(4)}a`],
    ['four bytes', '😀'.repeat(3), `${'😀'.repeat(3)}a`],
    ['a mixture', 'aé€😀aa', 'aé€😀aaa'],
  ])('is measured in bytes of UTF-8: letters of %s', (_, fits, over) => {
    expect(new TextEncoder().encode(fits)).toHaveLength(12);
    expect(schema.safeParse(fits)).toEqual({ success: true, data: fits });
    expect(tooLarge(over)).toBe(true);
  });

  it('is said to be too large where it is', () => {
    expect(tooLarge('a'.repeat(1_000_000))).toBe(true);
    expect(tooLarge('\ud800')).toBe(false);
  });

  it.each(['\ud800', 'a\udc00', '\udc00\ud800', 'x\ud83d'])('has no lone surrogates', (text) => {
    expect(schema.safeParse(text).success).toBe(false);
  });

  it('has no U+0000, and any other character', () => {
    expect(schema.safeParse('a\0b').success).toBe(false);
    expect(schema.safeParse('a\n\t\u2028\u202e').success).toBe(true);
  });
});

describe('a name', () => {
  const schema = nameSchema(10);

  it('is trimmed, and then not empty', () => {
    expect(schema.parse('  Ann Lee \n')).toBe('Ann Lee');
    for (const blank of ['', ' ', '\n\t', '\u00a0\u2003']) expect(schema.safeParse(blank).success).toBe(false);
  });

  it('is measured after trimming', () => {
    expect(schema.safeParse(` ${'a'.repeat(10)} `).success).toBe(true);
    expect(schema.safeParse('a'.repeat(11)).success).toBe(false);
  });

  it.each(['a\0b', 'a\nb', 'a\rb', 'a\tb', 'a\u001bb', 'a\u007fb', 'a\u0085b', 'a\u2028b', 'a\u2029b', 'a\ud800b'])('is one line without control characters (%j)', (name) => {
    expect(schema.safeParse(name).success).toBe(false);
  });

  it.each(['Ann', 'Åse', '李', '😀', 'O’Neil', 'a b'])('may be in any script (%s)', (name) => {
    expect(schema.parse(name)).toBe(name);
  });
});

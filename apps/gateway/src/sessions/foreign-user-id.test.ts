import fc from 'fast-check';
import { expect, it } from 'vitest';
import { newUserId } from '@parley/domain';
import { userIdSchema } from '@parley/protocol';
import { foreignUserId } from './foreign-user-id.ts';

it('is a user id, always the same, and told apart from those of our own users', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (iss, sub) => {
    const id = foreignUserId(iss, sub);
    expect(userIdSchema.safeParse(id).success).toBe(true);
    expect(foreignUserId(iss, sub)).toBe(id);
    expect(id[1]! > '7').toBe(true);
  }));
  for (let time = 0; time < 100; time += 1) expect(newUserId()[1]! <= '7').toBe(true);
});

it('is another for another subject, and for the same subject of another issuer, however they are cut', () => {
  const pairs = [['a', 'bc'], ['ab', 'c'], ['abc', ''], ['', 'abc'], ['a","b', 'c'], ['a', 'b","c'], ['a', 'B'], ['a', 'b'], ['b', 'a'], ['a ', 'b'], ['a', ' b']] as const;
  expect(new Set(pairs.map(([iss, sub]) => foreignUserId(iss, sub))).size).toBe(pairs.length);
});

it('does not change from one version to the next: rows in the store have it', () => {
  expect(foreignUserId('https://id.example.org', 'alice')).toMatchInlineSnapshot(`"uxyv1c1dpmczmxszv7qygyhp7vh"`);
});

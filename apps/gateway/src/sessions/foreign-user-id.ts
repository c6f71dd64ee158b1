import { createHash } from 'node:crypto';
import { userIdSchema, type UserId } from '@parley/protocol';

const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';
/** A ULID, which our own users have, begins with 0 to 7. */
const MARK = 'x';
const HASHED_DIGITS = 25;

/**
 * The id of who an issuer calls `sub`: always the same, and nobody else's. It takes a collision of 125 bits of SHA-256 to be
 * another's, and no user of ours has one that begins like this.
 */
export const foreignUserId = (iss: string, sub: string): UserId => {
  // JSON keeps apart what joining would make the same.
  const hash = createHash('sha256').update(JSON.stringify([iss, sub])).digest();
  let bits = BigInt(`0x${hash.toString('hex')}`);
  let id = '';
  for (let digit = 0; digit < HASHED_DIGITS; digit += 1) {
    id += DIGITS[Number(bits & 31n)];
    bits >>= 5n;
  }
  return userIdSchema.parse(`u${MARK}${id}`);
};

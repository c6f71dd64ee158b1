import { createPublicKey } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { newUserId } from '@parley/domain';
import { ProtocolError } from '@parley/protocol';
import type { Session, Sessions } from '../sessions/session.ts';
import { IssuerClash } from '../sessions/sessions.ts';
import { foreignUserId } from '../sessions/foreign-user-id.ts';
import { issuerKey, PATIENT, startIssuer, type Issuer } from '../testing/issuer.ts';
import { AUDIENCE, ISSUER, keys, sessionsOf } from '../testing/rig.ts';
import { base64, forge, forgeHmac, nowSeconds } from './forge.ts';

const [keyOne, keyTwo] = [await issuerKey('one'), await issuerKey('one')];
let [one, two] = [] as unknown as [Issuer, Issuer];
let sessions: Sessions;
beforeEach(async () => {
  [one, two] = [await startIssuer([keyOne]), await startIssuer([keyTwo])];
  sessions = sessionsOf({ issuerTimes: PATIENT, issuers: [one, two].map(({ iss, jwksUrl }) => ({ iss, jwksUrl, audience: ['parley'], algorithms: ['RS256'], claims: { name: 'name' } })) });
});

const outcomeOf = async (token: string): Promise<string | Session> => {
  try {
    return await sessions.verify(token);
  } catch (error) {
    return error instanceof ProtocolError ? error.code : `threw ${String(error)}`;
  }
};
const claimsOf = ({ iss }: Issuer) => ({ iss, aud: 'parley', sub: 'alice', name: 'Alice', iat: nowSeconds(), exp: nowSeconds() + 60 });
const headOf = (issuer: Issuer) => ({ alg: 'RS256', kid: issuer.keys[0]!.kid });
const keyOf = (issuer: Issuer) => issuer.keys[0]!.privateKey;

describe('a token of another issuer', () => {
  it('is good as it should be, so that what follows is refused for what it names', async () => {
    expect(await outcomeOf(forge(headOf(one), claimsOf(one), keyOf(one)))).toMatchObject({ user: { id: foreignUserId(one.iss, 'alice') } });
  });

  it('is never of a user of the other issuer, nor of ours, whatever subject it names', async () => {
    const ours = newUserId();
    const theirs = foreignUserId(two.iss, 'alice');
    for (const sub of ['alice', ours, theirs, `${two.iss}/alice`, JSON.stringify([two.iss, 'alice'])]) {
      const session = (await outcomeOf(forge(headOf(one), { ...claimsOf(one), sub }, keyOf(one)))) as Session;
      expect(session.user.id).toBe(foreignUserId(one.iss, sub));
      expect([ours, theirs]).not.toContain(session.user.id);
    }
  });

  it('is refused in the name of the other issuer, or of this server, signed with its own key', async () => {
    for (const iss of [two.iss, ISSUER, 'https://nobody.example', '', ' ', `${one.iss}/`, one.iss.toUpperCase(), undefined, null, [one.iss], { iss: one.iss }, '__proto__']) {
      expect(await outcomeOf(forge(headOf(one), { ...claimsOf(one), iss, aud: ['parley', AUDIENCE], sid: 'x' }, keyOf(one)))).toBe('unauthenticated');
    }
    expect(await outcomeOf(forge({ alg: 'ES256', kid: keys.current.signing.kid }, claimsOf(one), keys.current.signing.privateKey))).toBe('unauthenticated');
  });

  it('is refused with an algorithm that was not pinned, though the key is right', async () => {
    const publicKey = createPublicKey(keyOf(one)).export({ type: 'spki', format: 'pem' });
    for (const alg of ['HS256', 'HS512']) expect(await outcomeOf(forgeHmac({ ...headOf(one), alg }, claimsOf(one), publicKey))).toBe('unauthenticated');
    for (const alg of ['PS256', 'RS384', 'RS512', 'ES256', 'none']) expect(await outcomeOf(forge({ ...headOf(one), alg }, claimsOf(one), keyOf(one)))).toBe('unauthenticated');
    expect(await outcomeOf(`${base64({ alg: 'none' })}.${base64(claimsOf(one))}.`)).toBe('unauthenticated');
  });

  it.each(['exp', 'iat', 'aud', 'sub', 'name'])('is refused without %s', async (claim) => {
    expect(await outcomeOf(forge(headOf(one), { ...claimsOf(one), [claim]: undefined }, keyOf(one)))).toBe('unauthenticated');
  });

  it.each([
    ['another audience', { aud: 'other' }], ['a past expiry', { exp: nowSeconds() - 60 }], ['a start to come', { nbf: nowSeconds() + 60 }], ['a life of years', { iat: nowSeconds() - 367 * 86_400, exp: nowSeconds() + 1e9 }],
    ['an expiry as text', { exp: '9999999999' }], ['an empty subject', { sub: '' }], ['a long subject', { sub: 'x'.repeat(256) }], ['a subject of lone surrogates', { sub: '\ud800' }], ['a subject that is none', { sub: 7 }],
  ])('is refused with %s', async (_, wrong) => {
    expect(await outcomeOf(forge(headOf(one), { ...claimsOf(one), ...wrong }, keyOf(one)))).toBe('unauthenticated');
  });

  it('makes nobody ask for keys where its header says, nor take the key it brings', async () => {
    const mallory = await startIssuer([await issuerKey('mallory')]);
    for (const extra of [{ jku: mallory.jwksUrl }, { x5u: mallory.jwksUrl }, { jwk: mallory.keys[0]!.jwk }, { kid: mallory.jwksUrl }, { kid: '../../../../dev/null' }, { kid: "' OR 1=1 --" }, { crit: ['exp'] }]) {
      expect(await outcomeOf(forge({ ...headOf(one), ...extra }, claimsOf(one), keyOf(mallory)))).toBe('unauthenticated');
    }
    expect(mallory.asked).toBe(0);
    expect(one.asked).toBe(1);
  });

  it('does not begin with a symmetric key or a weak one among the keys of its issuer', async () => {
    const secret = Buffer.from('a').toString('base64url');
    one.answer = (response) => void response.writeHead(200).end(JSON.stringify({ keys: [{ kty: 'oct', k: secret, kid: 'sym', alg: 'HS256' }] }));
    expect(await outcomeOf(forgeHmac({ alg: 'HS256', kid: 'sym' }, claimsOf(one), 'a'))).toBe('unauthenticated');
  });
});

it('no other issuer may be called as this server is', () => {
  expect(() => sessionsOf({ issuers: [{ iss: ISSUER, jwksUrl: one.jwksUrl, audience: ['parley'], algorithms: ['RS256'], claims: { name: 'name' } }] })).toThrow(IssuerClash);
});

import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

/** More than a rotation ever needs; a token without `kid` is held against each. */
const MAX_KEYS = 16;

export class SessionKeyError extends Error {
  override readonly name = 'SessionKeyError';
}

/** The public half alone. */
export type PublicJwk = { kty: 'EC'; crv: 'P-256'; x: string; y: string; kid: string; alg: 'ES256'; use: 'sig' };

export type SessionKey = {
  /** RFC 7638: so every gateway calls the same key the same. */
  kid: string;
  publicKey: KeyObject;
  /** `null`: it only verifies. */
  privateKey: KeyObject | null;
  jwk: PublicJwk;
};

export type KeySet = {
  /** What new tokens are signed with. */
  signing: { kid: string; privateKey: KeyObject };
  /** All that verify; the signing one first. */
  keys: readonly SessionKey[];
};

const sessionKeyOf = (publicKey: KeyObject, privateKey: KeyObject | null, source: string): SessionKey => {
  if (publicKey.asymmetricKeyType !== 'ec' || publicKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw new SessionKeyError(`${source} has a key that is not of P-256, which ES256 needs`);
  }
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const kid = createHash('sha256').update(JSON.stringify({ crv: 'P-256', kty: 'EC', x, y })).digest('base64url');
  return { kid, publicKey, privateKey, jwk: { kty: 'EC', crv: 'P-256', x, y, kid, alg: 'ES256', use: 'sig' } };
};

const parseKey = (label: string, pem: string, source: string): SessionKey => {
  let publicKey: KeyObject;
  let privateKey: KeyObject | null = null;
  try {
    if (label === 'PUBLIC KEY') {
      publicKey = createPublicKey(pem);
    } else {
      privateKey = createPrivateKey(pem);
      publicKey = createPublicKey(privateKey);
    }
  } catch {
    // The parser's own message may quote the input.
    throw new SessionKeyError(`${source} has a key that cannot be read as PEM`);
  }
  return sessionKeyOf(publicKey, privateKey, source);
};

/** Private keys sign and verify, public ones verify. `openssl ecparam` puts the name of the curve before its key. */
const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,40})-----[^-]*-----END \1-----/g;

/** The keys in a PEM, of which the first signs and all verify. Throws {@link SessionKeyError}, which never quotes it. */
export const parseKeySet = (pem: string, source: string): KeySet => {
  const byKid = new Map<string, SessionKey>();
  for (const [block, label = ''] of pem.matchAll(BLOCK)) {
    if (label === 'EC PARAMETERS') continue;
    const key = parseKey(label, block, source);
    if (!byKid.has(key.kid)) byKid.set(key.kid, key);
  }
  const keys = [...byKid.values()];
  const [first] = keys;
  if (!first) throw new SessionKeyError(`${source} is not a private key in PEM`);
  if (!first.privateKey) throw new SessionKeyError(`${source} begins with a public key: the first one signs, and has to be private`);
  if (keys.length > MAX_KEYS) throw new SessionKeyError(`${source} has more than ${MAX_KEYS} keys`);
  return { signing: { kid: first.kid, privateKey: first.privateKey }, keys };
};

export const toPem = (key: KeyObject): string => key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }).toString();

export const generatePrivateKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

/** One fresh key. */
export const generateKeySet = (): KeySet => parseKeySet(toPem(generatePrivateKey()), 'a fresh key');

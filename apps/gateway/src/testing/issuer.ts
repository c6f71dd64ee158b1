import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, SignJWT, type JWK, type JWTPayload } from 'jose';
import { onTestFinished } from 'vitest';

export type IssuerKey = { kid: string; privateKey: KeyObject; jwk: JWK };
export const issuerKey = async (kid: string): Promise<IssuerKey> => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' } };
};

export type Issuer = {
  iss: string;
  jwksUrl: string;
  /** How often its keys were asked for. */
  asked: number;
  keys: IssuerKey[];
  /** Answers instead of it. */
  answer: ((response: ServerResponse) => void) | null;
  sign(claims?: JWTPayload & Record<string, unknown>, key?: IssuerKey): Promise<string>;
};

const SECOND = 1_000;

/** For tests of anything but its being away: a busy machine takes its time. */
export const PATIENT = { timeoutMs: 30_000 };

/** A server that gives out its keys, gone after the test. */
export const startIssuer = async (keys?: IssuerKey[], iss?: string): Promise<Issuer> => {
  const issuer: Issuer = {
    iss: '', jwksUrl: '', asked: 0, keys: keys ?? [await issuerKey('one')], answer: null,
    sign: async (claims = {}, key = issuer.keys[0]!) => {
      const now = Math.floor(Date.now() / SECOND);
      const all = { iss: issuer.iss, aud: 'parley', sub: 'alice', name: 'Alice', iat: now, exp: now + 60, ...claims };
      return new SignJWT(all).setProtectedHeader({ alg: 'RS256', kid: key.kid }).sign(key.privateKey);
    },
  };
  const server = createServer((_, response) => {
    issuer.asked += 1;
    if (issuer.answer) issuer.answer(response);
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: issuer.keys.map(({ jwk }) => jwk) }));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  issuer.jwksUrl = `http://127.0.0.1:${port}/jwks`;
  issuer.iss = iss ?? `http://127.0.0.1:${port}`;
  return issuer;
};

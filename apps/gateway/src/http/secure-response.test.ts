import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import { JWKS_PATH, SESSION_PATH, SOCKET_PATH } from '@parley/protocol';
import { openSession } from '@parley/testkit/wire-client';
import { AUDIENCE, createRig, ISSUER } from '../testing/rig.ts';

const webDist = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-web-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Parley</title>');
  return folder;
};
const headersOf = (url: string, method = 'GET', headers: Record<string, string> = {}): Promise<IncomingHttpHeaders> =>
  new Promise((resolve, reject) => void httpRequest(url, { method, headers, agent: false }, (response) => {
    response.resume();
    resolve(response.headers);
  }).on('error', reject).end());

const EVERYTHING: [string, string][] = [
  ['GET', '/'], ['GET', '/rooms/x'], ['GET', '/assets/none.js'], ['POST', '/'], ['GET', '/%'], ['GET', '/healthz'], ['GET', '/readyz'], ['GET', '/metrics'], ['GET', '/api/none'], ['GET', SESSION_PATH], ['POST', SESSION_PATH],
  ['GET', JWKS_PATH], ['GET', `${SOCKET_PATH}/?EIO=4&transport=polling`], ['GET', `${SOCKET_PATH}/?EIO=4&transport=polling&sid=none`], ['GET', `${SOCKET_PATH}/`],
];

describe('whatever is served', () => {
  it.each(EVERYTHING)('has the headers that keep browsers safe: %s %s', async (method, path) => {
    const { url } = await createRig().node({ settings: { webDist: webDist() } });
    const headers = await headersOf(url + path, method);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer', 'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': path === JWKS_PATH ? 'cross-origin' : 'same-origin', 'permissions-policy': expect.stringContaining('camera=()') as string,
    });
    const policy = new Map(String(headers['content-security-policy']).split(';').map((directive): [string, string] => {
      const [name = '', ...values] = directive.trim().split(' ');
      return [name, values.join(' ')];
    }));
    expect(policy.get('script-src')).toBe("'self'");
    expect(policy.get('style-src')).toBe("'self'");
    expect(policy.get('frame-ancestors')).toBe("'none'");
    expect(policy.get('object-src')).toBe("'none'");
    expect(policy.get('base-uri')).toBe("'none'");
    expect(policy.get('require-trusted-types-for')).toBe("'script'");
    expect(headers['content-security-policy']).not.toMatch(/unsafe|\*|http:/);
    expect(headers).not.toHaveProperty('strict-transport-security');
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('server');
  });
});

describe('HSTS', () => {
  it('is said where it is set, and where a trusted proxy speaks HTTPS with the browser, and not because anybody else says so', async () => {
    const [plain, set, proxied] = await Promise.all([{}, { httpsOnly: true }, { admission: { trustedProxies: ['loopback'] } }].map((settings) => createRig().node({ settings })));
    const hsts = async (node: typeof plain, proto?: string) => (await headersOf(`${node?.url}/healthz`, 'GET', proto === undefined ? {} : { 'x-forwarded-proto': proto }))['strict-transport-security'];
    expect(await hsts(set)).toBe('max-age=31536000');
    expect(await hsts(proxied, 'https')).toBe('max-age=31536000');
    for (const none of [await hsts(plain), await hsts(plain, 'https'), await hsts(proxied), await hsts(proxied, 'http')]) expect(none).toBeUndefined();
  });
});

describe('the public keys', () => {
  it('verify the tokens of this server, may be kept for a while by anybody, and tell nothing else', async () => {
    const { url } = await createRig().node();
    const response = await fetch(url + JWKS_PATH);
    expect(response.headers.get('content-type')).toBe('application/jwk-set+json');
    expect(response.headers.get('cache-control')).toBe('public, max-age=300');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    const jwks = (await response.json()) as JSONWebKeySet;
    expect(jwks.keys.map((key) => Object.keys(key).sort())).toEqual([['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']]);
    const { token, user } = await openSession(url, 'Ada');
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(jwks), { issuer: ISSUER, audience: AUDIENCE, algorithms: ['ES256'] });
    expect(payload.sub).toBe(user.id);
    expect(protectedHeader.kid).toBe(jwks.keys[0]?.kid);
    expect((await fetch(url + JWKS_PATH, { method: 'POST' })).status).toBe(405);
  });
});

import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from './load.ts';

const good = { iss: 'https://id.example.org', jwksUrl: 'https://id.example.org/jwks', audience: 'parley', algorithms: ['RS256'] };
const load = (issuers: unknown) => loadConfig('gateway', { ISSUERS: typeof issuers === 'string' ? issuers : JSON.stringify(issuers) }).issuers;
const messageOf = (issuers: unknown): string => {
  try {
    load(issuers);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
  }
  throw new Error('accepted, or refused in another way');
};

describe('ISSUERS', () => {
  it('is a list, of nobody unless it is set', () => {
    expect(loadConfig('gateway', {}).issuers).toEqual([]);
    expect(load([good])).toEqual([{ ...good, audience: ['parley'], claims: { name: 'name' } }]);
    expect(load([{ ...good, audience: ['a', 'b'], claims: { name: 'nickname', device: 'did' } }])).toMatchObject([{ audience: ['a', 'b'], claims: { name: 'nickname', device: 'did' } }]);
    for (const jwksUrl of ['http://127.0.0.1:8080/jwks', 'http://localhost/jwks', 'http://[::1]:1/jwks']) expect(load([{ ...good, jwksUrl }])).toMatchObject([{ jwksUrl }]);
  });

  it.each<[string, unknown]>([
    ['no JSON', '[{'], ['no list', good], ['no issuer', [7]], ['an unknown field', [{ ...good, secret: 's3cret' }]], ['no audience', [{ ...good, audience: undefined }]], ['an empty audience', [{ ...good, audience: [] }]],
    ['no algorithms', [{ ...good, algorithms: undefined }]], ['an empty list of algorithms', [{ ...good, algorithms: [] }]], ['the same issuer twice', [good, good]], ['too many', Array.from({ length: 17 }, (_, n) => ({ ...good, iss: `i${n}` }))],
    ...['none', 'HS256', 'HS512', 'ES256K', 'rs256', '*'].map((alg): [string, unknown] => [`the algorithm ${alg}`, [{ ...good, algorithms: ['RS256', alg] }]]),
    ...['http://id.example.org/jwks', 'http://127.0.0.1.evil.example/jwks', 'http://localhost@evil.example/', 'file:///etc/passwd', 'https://user:s3cret@id.example.org/', '/jwks', 'ftp://x/', ''].map((jwksUrl): [string, unknown] => [`the URL ${jwksUrl}`, [{ ...good, jwksUrl }]]),
  ])('refuses %s, without telling it', (_, issuers) => {
    const message = messageOf(issuers);
    expect(message).toMatch(/^the environment is wrong: ISSUERS: .+/);
    expect(message).not.toMatch(/s3cret|evil|passwd/);
  });
});

describe('ORIGINS', () => {
  const origins = (text: string) => loadConfig('gateway', { ORIGINS: text }).origins;
  it('are those of the host that was asked, or a list', () => {
    expect(origins('')).toEqual(['self']);
    expect(origins('self, https://chat.example.org,http://localhost:5173')).toEqual(['self', 'https://chat.example.org', 'http://localhost:5173']);
  });
  it.each(['*', 'null', 'https://chat.example.org/', 'https://*.example.org', 'chat.example.org', 'https://Chat.example.org', 'https://chat.example.org:443', 'https://a@chat.example.org', 'ws://x', 'javascript:alert(1)', 'file://'])('does not take %s', (text) => {
    expect(() => origins(text)).toThrow(ConfigError);
  });
});

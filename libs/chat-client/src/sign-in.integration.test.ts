import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { wireError } from '@parley/protocol';
import { signIn } from './index.ts';
import { userId } from './testing/fake-gateway.ts';

let server: Server;
let url: string;
let answer: { status: number; body: string } | 'silence';
const asked: { method: string | undefined; path: string | undefined; body: string }[] = [];

beforeEach(async () => {
  asked.length = 0;
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      asked.push({ method: request.method, path: request.url, body });
      if (answer !== 'silence') response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('signing in', () => {
  it('answers a session', async () => {
    const session = { token: 't', expiresAt: 5, user: { id: userId(1), name: 'Ann' } };
    answer = { status: 200, body: JSON.stringify(session) };
    expect(await signIn({ url, name: 'Ann' })).toEqual(session);
    expect(asked).toEqual([{ method: 'POST', path: '/api/session', body: '{"name":"Ann"}' }]);
  });

  it.each([
    ['the server’s own error', { status: 403, body: JSON.stringify({ ok: false, error: wireError('guests_disabled') }) }, 'guests_disabled'],
    ['an answer that is not JSON', { status: 502, body: '<html>' }, 'malformed'],
    ['an answer that is not a session', { status: 200, body: '{}' }, 'malformed'],
    ['silence', 'silence', 'timeout'],
  ] as const)('rejects with a typed error: %s', async (_, given, code) => {
    answer = given;
    await expect(signIn({ url, name: 'Ann', timeoutMs: given === 'silence' ? 50 : 5_000 })).rejects.toMatchObject({ name: 'ChatError', code });
  });

  it('rejects as offline where nobody listens', async () => {
    await new Promise((resolve) => server.close(resolve));
    await expect(signIn({ url, name: 'Ann' })).rejects.toMatchObject({ code: 'offline', retryable: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
});

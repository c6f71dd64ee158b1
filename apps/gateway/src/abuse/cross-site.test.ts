import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { describe, expect, it } from 'vitest';
import { SESSION_PATH, SOCKET_PATH } from '@parley/protocol';
import { WebSocket } from 'ws';
import { createRig, metric, type NodeOptions } from '../testing/rig.ts';

type Reply = { status: number; headers: IncomingHttpHeaders; body: string };

/** `fetch` sets `Host` and `Origin` by itself. */
const ask = (url: string, { method = 'GET', headers = {}, body = '' }: { method?: string; headers?: Record<string, string>; body?: string } = {}): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => { text += String(chunk); });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    request.on('error', reject);
    request.end(body);
  });

const upgrade = (url: string, headers: Record<string, string>): Promise<{ status: number; body: string }> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}${SOCKET_PATH}/?EIO=4&transport=websocket`, { headers });
    socket.on('open', () => {
      socket.terminate();
      resolve({ status: 101, body: '' });
    });
    socket.on('unexpected-response', (_, response) => {
      let body = '';
      response.on('data', (chunk) => { body += String(chunk); });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    socket.on('error', reject);
  });

const poll = (url: string, headers: Record<string, string>, method = 'GET'): Promise<Reply> => ask(`${url}${SOCKET_PATH}/?EIO=4&transport=polling`, { method, headers });
const signIn = (url: string, headers: Record<string, string>, method = 'POST'): Promise<Reply> =>
  ask(url + SESSION_PATH, { method, headers: { 'content-type': 'application/json', ...headers }, body: method === 'POST' ? '{"name":"Ada"}' : '' });
const node = (settings: NonNullable<NodeOptions['settings']> = {}) => createRig().node({ settings });

const FOREIGN = (own: string): string[] => [
  'https://evil.example', 'null', 'file://', '', 'javascript:alert(1)', `${own}.evil.example`, own.replace('//', '//evil.example@'), `${own}/path@evil`, own.replace(/:\d+$/, ':1'), own.replace(/:\d+$/, ''), own.replace('http', 'ftp'),
  `chrome-extension://${own.slice(7)}`, `data:${own}`, own.toUpperCase().replace('127.0.0.1', 'LOCALHOST'),
];

describe('a page of a foreign origin', () => {
  it('is refused on an upgrade, a poll and a sign-in, typed, and nothing is made for it', async () => {
    const own = await node();
    for (const origin of FOREIGN(own.url)) {
      for (const reply of [await upgrade(own.url, { origin }), await poll(own.url, { origin }), await signIn(own.url, { origin })]) {
        expect(reply.status, origin).toBe(403);
        expect(JSON.parse(reply.body), origin).toMatchObject({ ok: false, error: { code: 'foreign_origin', retryable: false } });
      }
    }
    expect(await metric(own, 'handshakes')).toBe(0);
    expect(await metric(own, 'connections_refused_total')).toBe(2 * FOREIGN(own.url).length);
  });

  it('is not told that it may ask, nor lets a browser read an answer', async () => {
    const own = await node();
    for (const reply of [await poll(own.url, { origin: 'https://evil.example' }, 'OPTIONS'), await signIn(own.url, { origin: 'https://evil.example' }, 'OPTIONS')]) {
      expect(reply.status).toBe(403);
      expect(Object.keys(reply.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  it('is refused on a session that there is, whoever began it', async () => {
    const own = await node();
    const { sid } = JSON.parse((await poll(own.url, {})).body.slice(1)) as { sid: string };
    const url = `${own.url}${SOCKET_PATH}/?EIO=4&transport=polling&sid=${sid}`;
    expect(await ask(url, { method: 'POST', headers: { origin: 'https://evil.example' }, body: '40' })).toMatchObject({ status: 403 });
    expect(await ask(url, { headers: { origin: 'https://evil.example' } })).toMatchObject({ status: 403 });
    expect(await ask(url, { method: 'POST', headers: { origin: own.url }, body: '41' })).toMatchObject({ status: 200 });
  });

  it('is not taken for ours by a header that only a trusted proxy may set', async () => {
    const headers = { origin: 'https://chat.example.org', 'x-forwarded-host': 'chat.example.org' };
    const [plain, proxied] = [await node(), await node({ admission: { trustedProxies: ['loopback'] } })];
    expect((await upgrade(plain.url, headers)).status).toBe(403);
    expect((await upgrade(proxied.url, headers)).status).toBe(101);
    expect((await upgrade(proxied.url, { ...headers, origin: 'https://evil.example' })).status).toBe(403);
  });
});

describe('who may', () => {
  it('is the page that this server serves, by its host', async () => {
    const own = await node();
    expect((await upgrade(own.url, { origin: own.url })).status).toBe(101);
    expect((await poll(own.url, { origin: own.url })).status).toBe(200);
    expect((await signIn(own.url, { origin: own.url })).status).toBe(200);
    const named = { host: 'Chat.Example.org', origin: 'https://chat.example.org' };
    expect((await upgrade(own.url, named)).status).toBe(101);
    expect((await signIn(own.url, { ...named, origin: 'https://chat.example.org:8443' })).status).toBe(403);
  });

  it('is what is no page, and sends no origin', async () => {
    const own = await node();
    expect((await upgrade(own.url, {})).status).toBe(101);
    expect((await poll(own.url, {})).status).toBe(200);
    expect((await signIn(own.url, {})).status).toBe(200);
  });

  it('is a page of an origin that was named, and then no other; it may read the answers', async () => {
    const origin = 'https://app.example.org';
    const own = await node({ origins: [origin] });
    expect((await upgrade(own.url, { origin })).status).toBe(101);
    expect((await upgrade(own.url, { origin: own.url })).status).toBe(403);
    for (const reply of [await poll(own.url, { origin }), await signIn(own.url, { origin })]) {
      expect(reply).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true', vary: expect.stringContaining('Origin') as string } });
    }
    for (const reply of [await poll(own.url, { origin }, 'OPTIONS'), await signIn(own.url, { origin }, 'OPTIONS')]) {
      expect(reply).toMatchObject({ status: 204, headers: { 'access-control-allow-origin': origin, 'access-control-allow-methods': 'GET, POST', 'access-control-allow-headers': 'content-type' } });
    }
    const both = await node({ origins: ['self', origin] });
    for (const each of [origin, both.url]) expect((await upgrade(both.url, { origin: each })).status).toBe(101);
  });
});

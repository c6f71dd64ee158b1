import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sessionResponseSchema } from '@parley/protocol';
import { createRig, sessions } from '../testing/rig.ts';

const json = { 'content-type': 'application/json' };

describe('POST /api/session', () => {
  it('makes a new user at each call, with a token that is good', async () => {
    const rig = createRig();
    const { url } = await rig.node();
    const open = async (name: string) => {
      const response = await fetch(`${url}/api/session`, { method: 'POST', headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify({ name }) });
      expect(response.status).toBe(200);
      expect(response.headers.get('cache-control')).toBe('no-store');
      return sessionResponseSchema.parse(await response.json());
    };
    const [one, two] = [await open(' Ada '), await open('Ada')];
    expect(one.user.name).toBe('Ada');
    expect(one.user.id).not.toBe(two.user.id);
    expect(await sessions.verify(one.token)).toMatchObject({ user: one.user, expiresAt: one.expiresAt, deviceId: null });
    expect(await rig.store.findUsers([one.user.id])).toEqual([one.user]);
  });

  it('refuses everything else with a typed error', async () => {
    const { url, errors } = await createRig().node();
    const post = async (body: string, headers: Record<string, string> = json): Promise<[number, unknown]> => {
      const response = await fetch(`${url}/api/session`, { method: 'POST', headers, body });
      return [response.status, ((await response.json()) as { error: { code: string } }).error.code];
    };
    for (const body of ['', '{', '[]', '"x"', 'null', '{"name":7}', '{"name":""}', '{"name":"  "}', '{"name":"a\\u0000b"}', JSON.stringify({ name: 'x'.repeat(65) })]) {
      expect(await post(body), body).toEqual([400, 'bad_request']);
    }
    expect(await post('{"name":"Ada"}', { 'content-type': 'text/plain' })).toEqual([400, 'bad_request']);
    expect(await post('name=Ada', { 'content-type': 'application/x-www-form-urlencoded' })).toEqual([400, 'bad_request']);
    expect(await post(JSON.stringify({ name: 'x'.repeat(5_000) }))).toEqual([413, 'too_large']);
    expect((await fetch(`${url}/api/session`)).status).toBe(405);
    expect((await fetch(`${url}/api/nothing`)).status).toBe(404);
    expect(errors).toEqual([]);
  });

  it('is refused where guests are not let in', async () => {
    const { url } = await createRig().node({ settings: { guests: false } });
    const response = await fetch(`${url}/api/session`, { method: 'POST', headers: json, body: '{"name":"Ada"}' });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ ok: false, error: { code: 'guests_disabled' } });
  });

  it('survives a client that goes away in the middle of its body', async () => {
    const { url, errors } = await createRig().node();
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    await new Promise<void>((resolve) => { socket.write('POST /api/session HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"na', () => resolve()); });
    socket.destroy();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(errors).toEqual([]);
  });
});

describe('the web client', () => {
  let dist: string;
  beforeEach(() => {
    dist = mkdtempSync(join(tmpdir(), 'parley-web-'));
    mkdirSync(join(dist, 'assets'));
    writeFileSync(join(dist, 'index.html'), '<!doctype html><title>Parley</title>');
    writeFileSync(join(dist, 'assets', 'index-abc123.js'), 'console.log(1)');
  });
  afterEach(() => rmSync(dist, { recursive: true, force: true }));

  it('is served with its assets kept for good and its start page asked for anew, whatever the path', async () => {
    const { url } = await createRig().node({ settings: { webDist: dist } });
    for (const path of ['/', '/rooms/r01', '/sign-in?x=1']) {
      const page = await fetch(url + path);
      expect(page.status, path).toBe(200);
      expect(page.headers.get('content-type')).toContain('text/html');
      expect(page.headers.get('cache-control')).toBe('no-cache');
      expect(page.headers.get('x-content-type-options')).toBe('nosniff');
      expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
      expect(await page.text()).toContain('<title>Parley');
    }
    const asset = await fetch(`${url}/assets/index-abc123.js`);
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect((await fetch(`${url}/assets/gone.js`)).status).toBe(404);
    expect((await fetch(url, { method: 'POST' })).status).toBe(405);
  });

  it('does not serve what is outside its folder', async () => {
    const { url } = await createRig().node({ settings: { webDist: dist } });
    for (const path of ['/../package.json', '/%2e%2e/%2e%2e/etc/passwd', '/assets/..%2f..%2fetc%2fpasswd', '/%', '/%ff', '//etc/passwd']) {
      const response = await new Promise<string>((resolve) => {
        const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`));
        let text = '';
        socket.on('data', (chunk) => { text += chunk.toString(); });
        socket.on('close', () => resolve(text));
      });
      expect(response, path).toMatch(/^HTTP\/1.1 (200|400|404)/);
      expect(response, path).not.toContain('root:');
      expect(response, path).not.toContain('"name"');
    }
  });

  it('is a short notice where it is not built', async () => {
    const { url } = await createRig().node();
    const page = await fetch(url);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('npm run build:web');
  });
});

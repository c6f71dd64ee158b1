import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { freePort, waitFor } from '@parley/testkit';
import { connect, openSession as openSessionAs, type Client } from '@parley/testkit/wire-client';
import { startParley } from '@parley/testkit/parley';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

const openSession = (url: string): Promise<Response> =>
  fetch(`${url}/api/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: 'Ada' }) });

const run = async (env: Record<string, string>): Promise<{ code: number | null; stderr: string }> => {
  const child = spawn(process.execPath, [MAIN], { env: { ...process.env, LOG_LEVEL: 'silent', ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk) => { stderr += String(chunk); });
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, stderr };
};

/** Says that everything with this word in it is bad. */
const BAD = 'exterminate';
const startChecker = async (): Promise<{ url: string }> => {
  const server = createServer((request, response) => {
    void request.toArray().then((pieces) => response.end(JSON.stringify({ score: String(Buffer.concat(pieces as Buffer[])).includes(BAD) ? 1 : 0 })));
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
};

it('serves guests on its own data folder, hides what a checker finds, refuses it to a second, and leaves nothing running', async () => {
  const { url: checker } = await startChecker();
  const parley = await startParley({ app: 'standalone', env: { CHECKERS: JSON.stringify([{ name: 'words', url: checker, secret: 'sixteen characters', timeoutMs: 10_000 }]) } });
  expect((await openSession(parley.url)).status).toBe(200);
  const ada = await connect(parley.url, await openSessionAs(parley.url, 'Ada'));
  const { room: { id: roomId } } = await ada.must('room:create', { kind: 'public', name: 'lobby', cmid: 'a' });
  await ada.must('message:send', { roomId, cmid: 'b', body: 'good' });
  const { id } = await ada.must('message:send', { roomId, cmid: 'c', body: BAD });
  await waitFor('it to be hidden', () => ada.events().some(({ type }) => type === 'message.hidden'), { deadlineMs: 60_000 });
  expect(ada.events().filter(({ type }) => type === 'message.hidden')).toMatchObject([{ by: null, data: { messageId: id, reason: 'hidden by automatic moderation' } }]);
  ada.socket.close();
  expect(statSync(join(parley.dataDir, 'session-key.pem')).mode & 0o777).toBe(0o600);

  const second = await run({ PORT: String(await freePort()), DATA_DIR: parley.dataDir });
  expect(second.code).toBe(1);
  expect(second.stderr).toMatch(/^parley does not start: .*is in use by another Parley \(process \d+\)/);
  expect((await openSession(parley.url)).status).toBe(200);

  const database = parley.processes('pgdata');
  await parley.stop();
  expect(database.length).toBeGreaterThan(0);
  for (const pid of database) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

it('starts its Postgres again when that is killed, and answers again', async () => {
  const parley = await startParley({ app: 'standalone' });
  try {
    for (const pid of parley.processes('pgdata')) process.kill(pid, 'SIGKILL');
    await waitFor('the next session', async () => (await openSession(parley.url)).status === 200, { deadlineMs: 60_000 });
    await waitFor('readiness', async () => (await fetch(`${parley.url}/readyz`)).ok, { deadlineMs: 60_000 });
    expect(parley.processes('pgdata').length).toBeGreaterThan(0);
  } finally {
    await parley.stop();
  }
});

it('silences who is banned or removed at once, and keeps sanctions over kill -9 of everything', async () => {
  const parley = await startParley({ app: 'standalone' });
  const open = async (name: string): Promise<Client> => connect(parley.url, await openSessionAs(parley.url, name));
  try {
    const [ada, bob, eve] = [await open('Ada'), await open('Bob'), await open('Eve')];
    const { room: { id: roomId } } = await ada.must('room:create', { kind: 'public', name: 'lobby', cmid: randomUUID() });
    for (const each of [bob, eve]) await each.must('room:join', { roomId });
    const { until } = await ada.must('member:ban', { roomId, cmid: randomUUID(), userId: bob.session.user.id, forMs: 3_600_000, reason: 'spam' });
    await ada.must('member:remove', { roomId, cmid: randomUUID(), userId: eve.session.user.id, reason: 'enough' });
    for (const each of [bob, eve]) await waitFor('them to be told', () => each.heard('room:removed').length === 1);
    await ada.must('message:send', { roomId, cmid: randomUUID(), body: 'behind their backs' });
    await waitFor('the room to hear it', () => ada.events().some(({ type }) => type === 'message.created'));
    expect([bob, eve].flatMap((each) => each.events()).some(({ type }) => type === 'message.created')).toBe(false);
    const database = parley.processes('pgdata');
    await parley.kill();
    for (const pid of database) try { process.kill(pid, 'SIGKILL'); } catch { /* It went with its parent. */ }
    await parley.start();
    const again = await connect(parley.url, bob.session);
    expect(await again.ask('room:join', { roomId })).toMatchObject({ error: { code: 'banned', sanction: { kind: 'ban', reason: 'spam', until } } });
    for (const { socket } of [ada, bob, eve, again]) socket.close();
  } finally {
    await parley.stop();
  }
});

it('names a wrong variable without its value, and does not start', async () => {
  const { code, stderr } = await run({ PORT: 'eighty-eighty' });
  expect(code).toBe(78);
  expect(stderr).toContain('PORT');
  expect(stderr).not.toContain('eighty-eighty');
});

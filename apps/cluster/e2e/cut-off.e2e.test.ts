/** A gateway that no longer hears the log, nor the other gateways: nobody may go on listening through it. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterTests, waitFor, withNats, withRedis } from '@parley/testkit';
import { startFleet, type Fleet } from '@parley/testkit/fleet';
import { startTcpProxy, type TcpProxy } from '@parley/testkit/tcp-proxy';
import { connect, openSession, type Client } from '@parley/testkit/wire-client';
import { beforeAll, expect, it } from 'vitest';

const cleanup = afterTests();

const OPS = fileURLToPath(new URL('../../ops/src/main.ts', import.meta.url));
/** What is promised, and as much again for a busy machine. */
const SILENT_MS = 2 * 5_000;
const MENDED_MS = 60_000;

let fleet: Fleet;
let lines: TcpProxy[];
beforeAll(async () => {
  const [nats, redis] = await Promise.all([withNats({ cleanup }), withRedis({ cleanup })]);
  lines = await Promise.all([nats, redis].map((server) => startTcpProxy(server)));
  cleanup(async () => void (await Promise.all(lines.map((line) => line.close()))));
  const cutOff = { NATS_URL: `nats://127.0.0.1:${lines[0]!.port}`, REDIS_URL: `redis://127.0.0.1:${lines[1]!.port}` };
  fleet = await startFleet({ servers: { nats: [nats], redis }, gateway: (index) => (index === 1 ? { env: cutOff } : {}), cleanup });
});

const bodies = (client: Client): string[] => client.events().flatMap((event) => (event.type === 'message.created' ? [event.data.body] : []));

it('says so within five seconds, tells nobody anything meanwhile, and catches up without those who were removed or banned', async () => {
  const [here, there] = fleet.gateways.map(({ url }) => url) as [string, string];
  const ada = await connect(here, await openSession(here, 'Ada'));
  const [bob, eve, mallory] = (await Promise.all(['Bob', 'Eve', 'Mallory'].map(async (name) => connect(there, await openSession(here, name))))) as [Client, Client, Client];
  const { room: { id: roomId } } = await ada.must('room:create', { kind: 'public', name: 'lobby', cmid: randomUUID() });
  const say = (body: string) => ada.must('message:send', { roomId, cmid: randomUUID(), body });
  for (const client of [bob, eve, mallory]) await client.must('room:join', { roomId });
  await say('before');
  await waitFor('all to hear it', () => [bob, eve, mallory].every((client) => bodies(client).length === 1));

  for (const line of lines) line.hold();
  await ada.must('member:remove', { roomId, cmid: randomUUID(), userId: eve.session.user.id });
  await promisify(execFile)(process.execPath, [OPS, 'ban', mallory.session.user.id, '--reason', 'spam'], { env: { ...process.env, DATABASE_URL: fleet.postgres.url, NATS_URL: fleet.natsUrl } });
  await waitFor('the ban to be known where it can be', () => connect(here, mallory.session).then(({ socket }) => { socket.close(); return false; }, () => true));
  await say('after');
  await waitFor('everybody there to be told', () => [bob, eve, mallory].every((client) => client.heard('room:live').some(({ live }) => !live)), { deadlineMs: SILENT_MS });
  expect(await eve.ask('room:sync', { roomId, epoch: 1, after: 1 })).toMatchObject({ ok: false, error: { code: 'unavailable', retryable: true } });
  // It has not heard of the ban, and still lets in who is banned: who comes to it reads nothing.
  const again = await connect(there, mallory.session);
  expect(await again.ask('room:join', { roomId })).toMatchObject({ ok: false, error: { code: 'unavailable' } });
  expect(await fleet.gateways[1]!.isReady()).toBe(false);
  expect([bob, eve, mallory].map(bodies)).toEqual([['before'], ['before'], ['before']]);

  for (const line of lines) {
    line.forget();
    line.cut();
    line.release();
  }
  await waitFor('the one who stayed to have all', () => bodies(bob).length === 2, { deadlineMs: MENDED_MS });
  await waitFor('who is banned to be gone', () => !mallory.socket.connected && !again.socket.connected, { deadlineMs: MENDED_MS });
  expect([mallory, again].map((client) => client.heard('session:ended')[0]?.error.code)).toEqual(['banned', 'banned']);
  await waitFor('the one who was removed to be told', () => eve.heard('room:removed').length === 1, { deadlineMs: MENDED_MS });
  await say('at last');
  await waitFor('it to be heard', () => bodies(bob).length === 3, { deadlineMs: MENDED_MS });
  expect(bodies(bob)).toEqual(['before', 'after', 'at last']);
  expect([bodies(eve), bodies(mallory)]).toEqual([['before'], ['before']]);
  for (const client of [ada, bob, eve]) client.socket.close();
});

/** Bans of the whole server and ended sessions: how soon every open socket is silent, whatever is away. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterTests, waitFor } from '@parley/testkit';
import { startFleet, type Fleet } from '@parley/testkit/fleet';
import { connect, openSession, type Client } from '@parley/testkit/wire-client';
import pg from 'pg';
import { beforeAll, expect, it, onTestFinished } from 'vitest';

const cleanup = afterTests();

const OPS = fileURLToPath(new URL('../../ops/src/main.ts', import.meta.url));
/** What is promised, and as much again for a busy machine. */
const BANNED_SILENT_MS = 2 * 5_000;
const REVOKED_SILENT_MS = 2 * 2_000;
const SETTLED_MS = 60_000;

let fleet: Fleet;
let admin: Client;
beforeAll(async () => {
  fleet = await startFleet({ cleanup });
  admin = await connect(fleet.gateways[0]!.url, await openSession(fleet.gateways[0]!.url, 'Admin'));
  await promisify(execFile)(process.execPath, [OPS, 'admin', 'add', admin.session.user.id], { env: { ...process.env, DATABASE_URL: fleet.postgres.url, NATS_URL: fleet.natsUrl } });
  await waitFor('the admin to be known', async () => (await admin.ask('user:unban', { cmid: randomUUID(), userId: admin.session.user.id })).ok);
  cleanup(async () => void admin.socket.close());
});

const bodies = (client: Client): string[] => client.events().flatMap((event) => (event.type === 'message.created' ? [event.data.body] : []));
const refusalAt = (index: number, { session }: Client): Promise<string | null> =>
  connect(fleet.gateways[index]!.url, session).then(({ socket }) => { socket.close(); return null; }, (error: { data?: { code: string } }) => error.data?.code ?? 'no connection');

/** A user with a socket at each gateway, by websocket and by polling, in a room where somebody never stops talking. */
const listening = async (name: string): Promise<{ sockets: Client[]; stop: () => Promise<void>; silentWithin: (began: number) => Promise<number> }> => {
  const urls = fleet.gateways.map(({ url }) => url);
  const session = await openSession(urls[0]!, name);
  const sockets = await Promise.all([...urls.map((url) => connect(url, session)), connect(urls[1]!, session, { transports: ['polling'] })]);
  const { room: { id: roomId } } = await admin.must('room:create', { kind: 'public', name: 'busy', cmid: randomUUID() });
  let heardAt = 0;
  for (const socket of sockets) {
    await socket.must('room:join', { roomId });
    socket.socket.on('room:events', () => { heardAt = performance.now(); });
  }
  const talking = new AbortController();
  const talk = (async () => {
    for (let n = 0; !talking.signal.aborted; n += 1) await admin.must('message:send', { roomId, cmid: randomUUID(), body: `${n}` });
  })();
  const stop = async (): Promise<void> => {
    talking.abort();
    await talk;
    for (const { socket } of sockets) socket.close();
  };
  onTestFinished(stop);
  await waitFor('all of them to hear', () => sockets.every((socket) => bodies(socket).length > 0), { deadlineMs: SETTLED_MS });
  return {
    sockets, stop,
    silentWithin: async (began) => {
      await waitFor('every socket to be closed', () => sockets.every(({ socket }) => !socket.connected), { deadlineMs: SETTLED_MS });
      const heard = bodies(admin).length;
      await waitFor('the talk to go on without them', () => bodies(admin).length > heard + 20, { deadlineMs: SETTLED_MS });
      return heardAt - began;
    },
  };
};
const ban = (client: Client) => admin.must('user:ban', { cmid: randomUUID(), userId: client.session.user.id, forMs: null, reason: 'spam' });
const endAll = (client: Client) => admin.must('session:revoke', { cmid: randomUUID(), userId: client.session.user.id, what: { scope: 'all' } });
const codes = (sockets: readonly Client[]): (string | undefined)[] => sockets.map((each) => each.heard('session:ended')[0]?.error.code);

/** Workers tell of acts as Postgres tells them: for a second after this nobody is told of anything. */
const loseTheHint = async (): Promise<void> => {
  const client = new pg.Client(fleet.postgres.url);
  await client.connect();
  const { rowCount } = await client.query("select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen parley_server_acts'");
  await client.end();
  expect(rowCount).toBe(1);
};

it('every socket of a banned user is silent within five seconds, and of an ended session within two', async () => {
  const troll = await listening('Troll');
  let began = performance.now();
  await ban(troll.sockets[0]!);
  expect(await troll.silentWithin(began)).toBeLessThan(BANNED_SILENT_MS);
  expect(codes(troll.sockets)).toEqual(['banned', 'banned', 'banned']);
  await troll.stop();

  const ada = await listening('Ada');
  began = performance.now();
  await endAll(ada.sockets[0]!);
  expect(await ada.silentWithin(began)).toBeLessThan(REVOKED_SILENT_MS);
  expect(codes(ada.sockets)).toEqual(['session_revoked', 'session_revoked', 'session_revoked']);
  await ada.stop();
});

it('so it is with Redis down and the hint lost; and it still holds at a gateway that was killed and started again', async () => {
  const [troll, ada] = [await listening('Troll'), await listening('Ada')];
  await fleet.redis.stop();
  onTestFinished(async () => {
    await fleet.redis.restart();
    await fleet.ready();
  });
  await loseTheHint();
  let began = performance.now();
  await endAll(ada.sockets[0]!);
  const revokedMs = ada.silentWithin(began);
  began = performance.now();
  await ban(troll.sockets[0]!);
  const bannedMs = troll.silentWithin(began);
  expect(await revokedMs).toBeLessThan(REVOKED_SILENT_MS);
  expect(await bannedMs).toBeLessThan(BANNED_SILENT_MS);
  await Promise.all([troll.stop(), ada.stop()]);

  await fleet.gateways[1]!.kill();
  await fleet.gateways[1]!.start();
  await waitFor('the gateway to be ready', () => fleet.gateways[1]!.isReady(), { deadlineMs: SETTLED_MS });
  for (const index of [0, 1]) expect([await refusalAt(index, troll.sockets[0]!), await refusalAt(index, ada.sockets[0]!)]).toEqual(['banned', 'session_revoked']);
});

it('with Postgres away, who is banned is still refused and all others are let in', async () => {
  const [troll, ada] = await Promise.all(['Troll', 'Ada'].map(async (name) => connect(fleet.gateways[0]!.url, await openSession(fleet.gateways[0]!.url, name))));
  await ban(troll!);
  await waitFor('the ban to be known at both', async () => (await refusalAt(0, troll!)) === 'banned' && (await refusalAt(1, troll!)) === 'banned', { deadlineMs: SETTLED_MS });
  await fleet.postgres.stop();
  onTestFinished(async () => {
    await fleet.postgres.restart();
    await fleet.ready();
    ada!.socket.close();
  });
  for (const index of [0, 1]) expect([await refusalAt(index, troll!), await refusalAt(index, ada!)]).toEqual(['banned', null]);
  expect(await admin.ask('user:unban', { cmid: randomUUID(), userId: troll!.session.user.id })).toMatchObject({ ok: false, error: { code: 'unavailable', retryable: true } });
});

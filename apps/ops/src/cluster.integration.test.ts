/** Each command as an operator runs it, on a real cluster whose gateways and worker can be paused and killed. */
import { ChatClient, signIn } from '@parley/chat-client';
import { newCmid, realChance, type RoomLog } from '@parley/domain';
import { connectNats, regionOf } from '@parley/nats';
import { openDatabase, type DatabaseHandle } from '@parley/postgres';
import type { RoomId } from '@parley/protocol';
import { NatsRoomLog } from '@parley/room-log-nats';
import { afterTests, waitFor } from '@parley/testkit';
import { startFleet, type Fleet } from '@parley/testkit/fleet';
import { connect, openSession } from '@parley/testkit/wire-client';
import { sql } from 'kysely';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readWitness } from './target/read-witness.ts';
import { runOps, spawnOps, type Ran } from './testing/run-ops.ts';

const cleanup = afterTests();

/** Between two messages of one talker. */
const PAUSE_MS = 20;
/** What a terminal shows the other way round; control characters are refused where names are given. */
const HOSTILE = 'Mal\u202elory';

let fleet: Fleet;
let database: DatabaseHandle;
const clients: ChatClient[] = [];
beforeAll(async () => {
  fleet = await startFleet({ gateways: 2, workers: 1, cleanup });
  database = openDatabase({ url: fleet.postgres.url });
  cleanup(() => database.close());
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

const everything = (): Record<string, string> => ({ NATS_URL: fleet.natsUrl, DATABASE_URL: fleet.postgres.url });
const ops = (...args: string[]): Promise<Ran> => runOps(everything(), ...args);
/** As an operator runs it; each command once. */
const opsProcess = (...args: string[]): Promise<Ran> => spawnOps(everything(), ...args);
const run = (statement: ReturnType<typeof sql>): Promise<unknown> => statement.execute(database.db);

/** Connected to that gateway, past the proxy. */
const guest = async (name: string, url = fleet.url): Promise<ChatClient> => {
  const client = new ChatClient({ url, session: await signIn({ url, name, timeoutMs: 30_000 }), transports: ['websocket'], timings: { reconnectMaxMs: 1_000, retryMaxMs: 1_000 } });
  client.connect();
  clients.push(client);
  return client;
};

const roomOf = async (owner: ChatClient, name: string): Promise<RoomId> => (await owner.createRoom({ kind: 'public', name })).id;
/** Resolves once the log has it. */
const say = (client: ChatClient, roomId: RoomId, body: string): Promise<void> =>
  new Promise((resolve, reject) => {
    let cmid: string | null = null;
    const stop = client.on('outbox', ({ entry }) => {
      if (entry.item.cmid !== cmid || (entry.state !== 'sent' && entry.state !== 'failed')) return;
      stop();
      if (entry.state === 'sent') resolve();
      else reject(entry.error);
    });
    cmid = client.joinRoom(roomId).send(body);
  });
/** Says one thing after the other until it is told to stop. */
const talk = (client: ChatClient, roomId: RoomId): { stop: () => Promise<void> } => {
  const over = new AbortController();
  const talking = (async () => {
    for (let count = 0; !over.signal.aborted; count += 1) {
      await say(client, roomId, `${count}`);
      await realChance.sleep(PAUSE_MS);
    }
  })();
  return {
    stop: () => {
      over.abort();
      return talking;
    },
  };
};
const storedSeq = async (roomId: RoomId): Promise<number> =>
  (await database.db.selectFrom('watermarks').select('seq').where('room_id', '=', roomId).executeTakeFirst())?.seq ?? 0;
const headOf = async (roomId: RoomId): Promise<number> => (await withLog((log) => readWitness(log, database.db, roomId))).entries.at(-1)?.lastSeq ?? 0;
const takenIn = (roomId: RoomId) => waitFor('the room to be taken in', async () => (await storedSeq(roomId)) === (await headOf(roomId)), { deadlineMs: 30_000 });
const withLog = async <T>(work: (log: RoomLog) => Promise<T>): Promise<T> => {
  const nats = await connectNats({ servers: fleet.natsUrl, name: 'test' });
  const log = await NatsRoomLog.connect({ nats, region: regionOf('main') });
  try {
    return await work(log);
  } finally {
    await log.close();
    await nats.close();
  }
};

test('nodes, sockets and rooms are listed, and nothing a user made reaches the terminal as it is', async () => {
  const [ada, mallory] = [await guest('Ada', fleet.gateways[0]!.url), await guest(HOSTILE, fleet.gateways[1]!.url)];
  const roomId = await roomOf(ada, 'lobby');
  await mallory.joinRoom(roomId).ready;
  await say(ada, roomId, 'hello');
  await takenIn(roomId);

  const nodes = await ops('nodes', '--json');
  expect(nodes.code).toBe(0);
  expect(nodes.json()[0]!['nodes']).toMatchObject([
    { name: 'gateway-1', app: 'gateway', region: 'main', state: 'ready', counts: { sockets: 1, users: 1, rooms: 1 } },
    { name: 'gateway-2', app: 'gateway', state: 'ready', counts: { sockets: 1, users: 1, rooms: 1 } },
    { name: 'moderation-1', app: 'moderation', state: 'ready', counts: { checkersAway: 0 } },
    { name: 'persistence-1', app: 'persistence', state: 'ready', counts: { shards: 16 } },
  ]);
  expect((await opsProcess('nodes')).out).toMatch(/^NODE +APP .*\ngateway-1 +gateway .* ready\n/);

  const all = (await ops('sockets', '--json')).json()[0] as { sockets: { node: string; userName: string; roomIds: RoomId[]; transport: string }[] };
  expect(all.sockets).toMatchObject([{ node: 'gateway-1', userName: 'Ada', transport: 'websocket', roomIds: [roomId] }, { node: 'gateway-2', roomIds: [roomId] }]);
  const shown = await ops('sockets', '--user', 'Ada', '--node', 'gateway-1');
  expect([shown.out.split('\n').length - 1, shown.out.includes('Ada')]).toEqual([2, true]);
  expect(await ops('sockets', '--limit', '1')).toMatchObject({ code: 0, err: 'there are more: --limit\n' });
  expect((await opsProcess('sockets')).out).toContain('Mal\\u{202e}lory');

  const rooms = (await opsProcess('rooms', '--json')).json()[0] as { rooms: unknown[] };
  expect(rooms.rooms).toMatchObject(['gateway-1', 'gateway-2'].map((node) => ({ roomId, node, name: 'lobby', members: 2, listeners: 1, live: true, epoch: 1 })));
  expect((await ops('rooms', roomId)).out).toContain('lobby');
  const withoutDatabase = await runOps({ NATS_URL: fleet.natsUrl }, 'rooms', '--node', 'gateway-2', '--json');
  expect((withoutDatabase.json()[0] as typeof rooms).rooms, 'the store is asked over NATS').toMatchObject([{ roomId, name: 'lobby', listeners: 1 }]);
});

test('what moderators of a cluster did is asked for by NATS too, and reported cases are', async () => {
  const [ada, mallory] = await Promise.all(['Ada', 'Mallory'].map(async (name) => connect(fleet.url, await openSession(fleet.url, name))));
  cleanup(() => void [ada, mallory].map((each) => each!.socket.close()));
  const { room } = await ada!.must('room:create', { kind: 'public', name: 'court', cmid: newCmid() });
  await mallory!.must('room:join', { roomId: room.id });
  const userId = mallory!.session.user.id;
  await ada!.must('report:create', { roomId: room.id, cmid: newCmid(), subject: { userId }, category: 'spam' });
  await ada!.must('member:ban', { roomId: room.id, cmid: newCmid(), userId, forMs: null, reason: 'order in the court' });
  await takenIn(room.id);
  for (const env of [everything(), { NATS_URL: fleet.natsUrl }]) {
    const found = await runOps(env, 'audit', '--room', room.id, '--act', 'member.banned', '--text', 'order', '--json');
    expect([found.code, found.json()]).toMatchObject([0, [{ act: 'member.banned', by: ada!.session.user.id, userId, reason: 'order in the court', until: null }]]);
    const queue = (await runOps(env, 'reports', '--room', room.id, '--json')).json()[0] as { reports: unknown[] };
    expect(queue.reports).toMatchObject([{ userId, roomName: 'court', status: 'open' }]);
  }
});

test('a node that is frozen is missed, as is one that was killed, until another has taken its place', async () => {
  const [, second] = fleet.gateways;
  second!.pause();
  const nodes = await ops('nodes');
  expect([nodes.code, nodes.out]).toEqual([0, expect.stringMatching(/^gateway-2 .*did not answer within 2 s, last sign of life \d+ s ago$/m)]);
  expect(await ops('sockets')).toMatchObject({ code: 1, err: expect.stringContaining('gateway-2 did not answer within 2 s: what it has is not listed') as string });
  expect(await ops('drain', 'gateway-2')).toMatchObject({ code: 69, err: 'parley ops: gateway-2 did not answer within 2 s\n' });
  second!.resume();
  await second!.kill();
  expect((await ops('nodes')).out).toMatch(/^gateway-2 .*did not answer/m);
  await second!.start();
  const again = (await ops('nodes')).out;
  expect(again).toMatch(/^gateway-2 .* ready$/m);
  expect(again).not.toContain('did not answer');
  expect(await ops('drain', 'gateway-9')).toMatchObject({ code: 66, err: 'parley ops: there is no node gateway-9\n' });
});

test('a drained gateway moves its clients to the other and exits, and no send fails', async () => {
  const [first] = fleet.gateways;
  const talkers = await Promise.all(['Ada', 'Ben', 'Cleo', 'Dan'].map((name) => guest(name)));
  const roomId = await roomOf(talkers[0]!, 'busy');
  await Promise.all(talkers.map((client) => client.joinRoom(roomId).ready));
  const talks = talkers.map((client) => talk(client, roomId));
  const drained = await opsProcess('drain', 'gateway-1');
  expect([drained.code, drained.out]).toEqual([0, 'gateway-1 has left\n']);
  expect(await first!.exited).toMatchObject({ code: 0 });
  await Promise.all(talks.map(({ stop }) => stop()));
  expect((await ops('nodes')).out, 'who leaves in order is not missed').not.toContain('gateway-1');
  await first!.start();
  await takenIn(roomId);
  expect(await ops('verify', roomId)).toMatchObject({ code: 0, out: expect.stringContaining('in order') as string });
});

describe('dead letters', () => {
  const lettersOf = async (): Promise<{ id: string; reason: string }[]> => ((await ops('dead-letters', 'list', '--json')).json()[0] as { 'dead letters': { id: string; reason: string }[] })['dead letters'];

  test('an event that no projection would take is listed, and replayed once its cause is gone', async () => {
    const ada = await guest('Ada');
    const roomId = await roomOf(ada, 'poisoned');
    await run(sql`alter table messages add constraint no_poison check (body <> 'poison')`);
    await say(ada, roomId, 'poison');
    await say(ada, roomId, 'after it');
    await takenIn(roomId);

    const [letter, ...others] = await lettersOf();
    expect(others).toEqual([]);
    expect(letter!.id).toContain(roomId);
    expect((await opsProcess('dead-letters', 'show', letter!.id)).out).toContain('"body":"poison"');
    expect(await ops('verify', roomId)).toMatchObject({ code: 1, out: expect.stringContaining('message_missing at 1/') as string });
    expect(await ops('dead-letters', 'replay', letter!.id)).toMatchObject({ code: 1, out: expect.stringContaining('kept: it failed again') as string });
    expect(await lettersOf()).toEqual([letter]);

    await run(sql`alter table messages drop constraint no_poison`);
    expect(await opsProcess('dead-letters', 'replay', '--all')).toMatchObject({ code: 0, out: expect.stringContaining('replayed') as string });
    expect(await lettersOf()).toEqual([]);
    expect(await ops('verify', roomId)).toMatchObject({ code: 0 });
    expect(await ops('dead-letters', 'replay', letter!.id), 'again').toMatchObject({ code: 66 });
    const { rows } = await sql<{ body: string }>`select body from messages where room_id = ${roomId} order by seq`.execute(database.db);
    expect(rows.map(({ body }) => body)).toEqual(['poison', 'after it']);
  });

  test('an entry that stopped its room is taken in by its worker, and what came after it', async () => {
    const ada = await guest('Ada');
    const roomId = await roomOf(ada, 'stopped');
    await takenIn(roomId);
    await run(sql`alter table log_entries add constraint no_poison check (events::text not like '%stopped by this%')`);
    await say(ada, roomId, 'stopped by this');
    await waitFor('the room to be halted', async () => (await ops('verify', roomId)).out.includes('halted'), { deadlineMs: 60_000 });
    await say(ada, roomId, 'after it');
    const [letter] = await lettersOf();
    expect(letter!.id).toContain(roomId);
    await run(sql`alter table log_entries drop constraint no_poison`);
    expect(await ops('dead-letters', 'replay', letter!.id)).toMatchObject({ code: 0 });
    expect(await lettersOf()).toEqual([]);
    await takenIn(roomId);
    expect(await ops('verify', roomId)).toMatchObject({ code: 0 });
  });

  test('one that is of no use is dropped', async () => {
    const ada = await guest('Ada');
    const roomId = await roomOf(ada, 'dropped');
    await run(sql`alter table messages add constraint no_poison check (body <> 'dropped')`);
    await say(ada, roomId, 'dropped');
    await takenIn(roomId);
    const [letter] = await lettersOf();
    expect(await opsProcess('dead-letters', 'drop', letter!.id)).toMatchObject({ code: 0 });
    expect(await lettersOf()).toEqual([]);
    await run(sql`alter table messages drop constraint no_poison`);
  });
});

test('rebuilding makes the projections whole again while a room is busy, and verifying it finds nothing that is not so', async () => {
  const ada = await guest('Ada');
  const roomId = await roomOf(ada, 'rebuilt');
  const talks = talk(ada, roomId);
  await waitFor('some of it to be stored', async () => (await storedSeq(roomId)) > 20, { deadlineMs: 30_000 });
  expect(await ops('verify', roomId)).toMatchObject({ code: 0 });
  await run(sql`delete from messages where room_id = ${roomId} and seq < 10`);
  await run(sql`delete from members where room_id = ${roomId}`);
  const broken = await opsProcess('verify', roomId, '--json');
  expect([broken.code, broken.json()[0]!['counts']]).toEqual([1, { message_missing: expect.any(Number) as number, member_missing: 1 }]);
  expect(await opsProcess('rebuild', roomId)).toMatchObject({ code: 0, out: expect.stringContaining('rebuilt in') as string });
  expect(await ops('verify', roomId)).toMatchObject({ code: 0 });
  await talks.stop();
  await takenIn(roomId);
  expect(await ops('rebuild', '--all')).toMatchObject({ code: 0 });
});

test('what cannot be looked at is said in one line, with the code of sysexits.h', async () => {
  const nowhere = { NATS_URL: 'nats://127.0.0.1:1', DATABASE_URL: 'postgres://parley:hunter2@127.0.0.1:1/parley' };
  expect(await spawnOps(nowhere, 'nodes')).toMatchObject({ code: 69, out: '', err: 'parley ops: NATS cannot be reached\n' });
  const rooms = await runOps(nowhere, 'rooms', '--all');
  expect([rooms.code, rooms.err.split('\n').length - 1, rooms.err.includes('hunter2')]).toEqual([69, 1, false]);
  expect(await runOps(nowhere, 'verify', '--all')).toMatchObject({ code: 2 });
  expect(await ops('verify', 'r00aaaaaaaaaaaaaaaaaaaaaaaa')).toMatchObject({ code: 2, err: expect.stringContaining('there is no room') as string });
  expect(await ops('verify', 'nonsense')).toMatchObject({ code: 64 });
  expect(await runOps({ DATABASE_URL: fleet.postgres.url }, 'verify', '--all'), 'the log of a cluster is not in its database').toMatchObject({ code: 2, err: expect.stringContaining('set NATS_URL too') as string });
  expect(await runOps({ DATA_DIR: '/nowhere/at/all' }, 'nodes')).toMatchObject({ code: 78 });
});

import { RoomAppenders, type CommandResult } from '@parley/appender';
import { newCmid, newUserId, roomIdOf, type Actor, type CommandBody, type RoomLog } from '@parley/domain';
import { connectNats, regionOf, type Nats } from '@parley/nats';
import { NodeDirectory } from '@parley/nodes-nats';
import type { EventId, RoomEvent, RoomId } from '@parley/protocol';
import { NatsRoomLog } from '@parley/room-log-nats';
import type { NatsServer, PostgresServer } from '@parley/servers';
import { NatsStore } from '@parley/store-nats';
import { afterTests, freePort, tempDir, waitFor as waitForIt, withNats, withPostgres } from '@parley/testkit';
import { startAppProcess, type AppProcess } from '@parley/testkit/app-process';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { startChecker, type FakeChecker } from './testing/fake-checker.ts';

const cleanup = afterTests();
/** A process of its own takes its time where others want the processor. */
const waitFor = (what: string, condition: () => boolean | Promise<boolean>) => waitForIt(what, condition, { deadlineMs: 60_000 });

const ada: Actor = { id: newUserId(), name: 'Ada' };
let server: NatsServer;
let postgres: PostgresServer;
let nats: Nats;
let log: RoomLog;
let appenders: RoomAppenders;
let checker: FakeChecker;
let env: Record<string, string>;
let persistence: AppProcess;

beforeAll(async () => {
  [postgres, server] = await Promise.all([withPostgres({ cleanup }), withNats({ cleanup })]);
  checker = await startChecker({ onAway: 'hold' }, cleanup);
  checker.answers = ({ body }) => ({ score: body.includes('nasty') ? 1 : 0 });
  const dir = await tempDir(cleanup);
  env = { NATS_URL: server.url, CHECKERS: JSON.stringify([checker.config]) };
  persistence = await startAppProcess({ app: 'persistence', name: 'persistence-1', port: await freePort(), logFile: `${dir}/persistence.log`, env: { ...env, DATABASE_URL: postgres.url } });
  cleanup(() => persistence.stop());
  nats = await connectNats({ servers: server.url, name: 'test', reconnectDelayMs: 50 });
  cleanup(() => nats.close());
  log = await NatsRoomLog.connect({ nats, region: regionOf('main') });
  cleanup(() => log.close());
  appenders = new RoomAppenders({ log, store: new NatsStore({ nats, region: 'main' }) });
});

const moderation = async (name: string): Promise<AppProcess> => {
  const started = await startAppProcess({ app: 'moderation', name, port: await freePort(), logFile: `${await tempDir()}/${name}.log`, env });
  onTestFinished(() => started.kill());
  return started;
};
const tried = (roomId: RoomId, body: CommandBody): Promise<CommandResult> =>
  new Promise((resolve) => { appenders.submit({ ...body, roomId, by: ada, cmid: newCmid(), after: 'fresh' }, resolve); });
const must = async (roomId: RoomId, body: CommandBody): Promise<EventId> => {
  const result = await tried(roomId, body);
  if (!result.ok) throw new Error(result.error.message);
  return result.id;
};
const openRoom = async (): Promise<RoomId> => {
  const roomId = roomIdOf(ada.id, newCmid());
  await must(roomId, { name: 'room:create', kind: 'public', title: 'test' });
  return roomId;
};
const say = (roomId: RoomId, body: string): Promise<EventId> => must(roomId, { name: 'message:send', body });
const store = () => new NatsStore({ nats, region: 'main' });
const eventsOf = async (roomId: RoomId): Promise<RoomEvent[]> => {
  const all: RoomEvent[] = [];
  for (;;) {
    const { events } = await store().archive(roomId, all.length, 10_000);
    if (events.length === 0) return all;
    all.push(...events);
  }
};
/** What happened to messages, in order, as far as it is archived. */
const fates = async (roomId: RoomId, ids: readonly EventId[]): Promise<string[][]> => {
  const events = await eventsOf(roomId);
  return ids.map((id) => events.flatMap((event) =>
    ((event.type === 'message.hidden' || event.type === 'message.restored') && event.data.messageId === id ? [event.type === 'message.hidden' ? event.data.reason : 'restored'] : [])));
};

test('what waits for a check survives kill -9 and a NATS that starts again, and is decided once, when the checker is back', { timeout: 300_000 }, async () => {
  const first = await moderation('moderation-1');
  const roomId = await openRoom();
  await checker.stop();
  const ids: EventId[] = [];
  for (let n = 0; n < 20; n += 1) ids.push(await say(roomId, n % 5 === 0 ? `nasty ${n}` : `nice ${n}`));
  await waitFor('all to be held', async () => (await fates(roomId, ids)).every((fate) => fate.length === 1));
  await first.kill();
  await server.kill();
  await server.restart();
  await waitFor('the log', () => nats.connected && log.headsLive);
  // While nobody looks.
  ids.push(await say(roomId, 'nasty meanwhile'));
  const second = await moderation('moderation-2');
  await waitFor('that to be held too', async () => (await fates(roomId, ids)).every((fate) => fate.length === 1));
  await checker.start();
  await waitFor('all to be decided', async () => (await fates(roomId, ids)).every((fate) => fate.length === 2));
  expect(await fates(roomId, ids)).toEqual(ids.map((_, n) => ['waiting for a check', n % 5 === 0 ? 'hidden by automatic moderation' : 'restored']));
  await waitFor('nothing to be in hand', async () => (await second.metric('moderation_in_hand')) === 0);
  await second.stop();
  expect(second.exit?.code).toBe(0);
});

test('it is listed among the nodes, finishes what it has in hand on SIGTERM, and leaves the rest to the other', { timeout: 300_000 }, async () => {
  const [first, second] = await Promise.all([moderation('moderation-1'), moderation('moderation-2')]);
  const directory = new NodeDirectory({ nats, region: regionOf('main') });
  const names = async (): Promise<string[]> => (await directory.list()).nodes.flatMap(({ status }) => (status.app === 'moderation' ? [status.name] : []));
  await waitFor('both to be listed', async () => (await names()).join() === 'moderation-1,moderation-2');
  // So many that a hide need not race for its room: one that loses is put off, and comes again.
  const rooms = await Promise.all(Array.from({ length: 25 }, openRoom));
  const over = new AbortController();
  const bad: { roomId: RoomId; id: EventId }[] = [];
  const talking = (async () => {
    for (let n = 0; !over.signal.aborted; n += 1) {
      const roomId = rooms[n % rooms.length]!;
      const id = await say(roomId, n % 10 === 0 ? `nasty ${n}` : `nice ${n}`);
      if (n % 10 === 0) bad.push({ roomId, id });
    }
  })();
  const entries = (each: AppProcess) => each.metric('moderation_entries_total');
  await waitFor('both to be at work', async () => (await entries(first)) > 20 && (await entries(second)) > 20);
  await first.stop();
  expect(first.exit?.code).toBe(0);
  await waitFor('the other to go on', () => bad.length > 5);
  over.abort();
  await talking;
  await waitFor('every bad one to be hidden', async () => {
    const all = await Promise.all(rooms.map((roomId) => fates(roomId, bad.filter((each) => each.roomId === roomId).map(({ id }) => id))));
    return all.flat().every((fate) => fate.length === 1);
  });
  expect(await second.metric('moderation_redeliveries_total'), 'what the first had in hand it settled').toBe(0);
  await second.stop();
});

test('without persistence it waits for the rules, says so, and heeds a stop', { timeout: 300_000 }, async () => {
  await persistence.stop();
  const dir = await tempDir();
  const port = await freePort();
  const starting = startAppProcess({ app: 'moderation', name: 'moderation-3', port, logFile: `${dir}/moderation.log`, env });
  const failing = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null))?.text() ?? '';
  await waitFor('it to say what it waits for', async () => (await failing()).includes('the rules are not known yet'));
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  await persistence.start();
  const worker = await starting;
  onTestFinished(() => worker.kill());
  await worker.stop();
  expect(worker.exit?.code).toBe(0);
});

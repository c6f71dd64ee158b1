/** Everybody comes back at once and asks for what they missed. */
import { randomUUID } from 'node:crypto';
import { Svcm } from '@nats-io/services';
import { Client as Postgres } from 'pg';
import { connectNats, type Nats } from '@parley/nats';
import { LIMITS, type RoomId } from '@parley/protocol';
import { startFleet, type Fleet } from '@parley/testkit/fleet';
import { connect, openSession, type Client } from '@parley/testkit/wire-client';
import { afterTests } from '@parley/testkit';
import { beforeAll, expect, it } from 'vitest';

const cleanup = afterTests();

const SOCKETS = 300;
/** Far beyond what a gateway keeps of a room's end (500 events). */
const MISSED = 2_500;
/** The worker's pool, for queries and for those of moderation, the session it commits on, the one that listens for acts, and the one that looks here. */
const CONNECTIONS = 10 + 4 + 1 + 1 + 1;

/** The room is seeded once or twice, and roles are asked for a few hundred at a time. */
const JOINING_QUERIES = 20;

/** Asked all the time, however many sockets there are: what is new on the whole server. */
const LOOKS: ReadonlySet<string> = new Set(['actsAfter', 'inForce', 'rules']);

const difference = (before: Record<string, number>, after: Record<string, number>): number =>
  Object.entries(after).reduce((sum, [name, count]) => sum + (LOOKS.has(name) ? 0 : count - (before[name] ?? 0)), 0);

let fleet: Fleet;
let database: Postgres;
let nats: Nats;
beforeAll(async () => {
  fleet = await startFleet({ gateways: 1, env: { SEND_BURST: '10000' }, cleanup });
  database = new Postgres({ connectionString: fleet.postgres.url });
  await database.connect();
  cleanup(() => database.end());
  nats = await connectNats({ servers: [fleet.natsUrl], name: 'the test' });
  cleanup(() => nats.close());
});

const connections = async (): Promise<number> => {
  const { rows } = await database.query<{ count: number }>("SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'");
  return rows[0]!.count;
};

/** Queries that gateways have asked of the workers, by name. */
const queries = async (): Promise<Record<string, number>> => {
  const asked: Record<string, number> = {};
  for await (const { name, endpoints } of await new Svcm(nats.nc).client({ strategy: 'timer', maxWait: 2_000 }).stats('parley-store')) {
    for (const endpoint of name === 'parley-store' ? endpoints ?? [] : []) asked[endpoint.name] = (asked[endpoint.name] ?? 0) + endpoint.num_requests;
  }
  return asked;
};

const syncAll = async (client: Client, roomId: RoomId): Promise<number[]> => {
  const seqs: number[] = [];
  for (let more = true; more;) {
    const page = await client.must('room:sync', { roomId, epoch: 1, after: seqs.at(-1) ?? 0 });
    seqs.push(...page.events.map(({ seq }) => seq));
    ({ more } = page);
  }
  return seqs;
};

it('is answered from the gateway, with Postgres asked about as often as for one', { timeout: 240_000 }, async () => {
  const { url } = fleet.gateways[0]!;
  const ada = await connect(url, await openSession(url, 'Ada'));
  const { room, seq: first } = await ada.must('room:create', { kind: 'public', name: 'storm', cmid: randomUUID() });
  const roomId = room.id;
  const sessions = await Promise.all(Array.from({ length: SOCKETS }, (_, n) => openSession(url, `user ${n}`)));
  for (let said = 0; said < MISSED; said += 100) {
    await Promise.all(Array.from({ length: 100 }, () => ada.must('message:send', { roomId, cmid: randomUUID(), body: 'x' })));
  }
  const { seq } = await ada.must('room:history', { roomId, limit: 1 });
  expect(seq).toBeGreaterThan(first + MISSED / 2);
  // A gateway that has just started knows nothing of the room.
  ada.socket.close();
  await fleet.gateways[0]!.stop();
  await fleet.gateways[0]!.start();

  const clients = await Promise.all(sessions.map((session) => connect(url, session)));
  const before = await queries();
  let most = 0;
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted) most = Math.max(most, await connections());
  })();
  await Promise.all(clients.map((client) => client.must('room:join', { roomId })));
  const joined = await queries();
  const histories = await Promise.all(clients.map((client) => syncAll(client, roomId)));
  over.abort();
  await watching;
  const synced = await queries();
  for (const client of clients) client.socket.close();

  // Everybody's own joining is in it too.
  const all = Array.from({ length: seq + SOCKETS }, (_, n) => n + 1);
  for (const seqs of histories) expect(seqs).toEqual(all);
  expect(most).toBeLessThanOrEqual(CONNECTIONS);
  // One reader of the whole room asks once a page; a page may be asked for again as the cache forgets, but not per socket.
  const pages = Math.ceil(seq / LIMITS.syncPage);
  expect(difference(before, joined)).toBeLessThanOrEqual(JOINING_QUERIES);
  expect(difference(joined, synced)).toBeGreaterThan(0);
  expect(difference(joined, synced)).toBeLessThanOrEqual(3 * pages);
});

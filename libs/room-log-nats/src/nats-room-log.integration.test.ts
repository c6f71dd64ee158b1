import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { newCmid, newUserId, realChance, roomIdOf, RoomLogError, shardOf, type Head, type NewEntry, type RoomLog, type RoomLogErrorCode, type RoomRef } from '@parley/domain';
import { connectNats, headSubjectsOfRegion, jetStreamCall, JS_API, logStreamName, logSubjectsOfRegion, type Nats } from '@parley/nats';
import { startNats, startNatsCluster, waitUntil, type NatsServer } from '@parley/servers';
import type { EventId, RoomEvent } from '@parley/protocol';
import { NatsRoomLog, type NatsRoomLogOptions } from './index.ts';
import { clusterRig, inTempDir, oldNats, openLog, recentNats, region } from './testing/rigs.ts';

const by = newUserId();
const freshRef = (): RoomRef => ({ roomId: roomIdOf(by, newCmid()), epoch: 1 });
const entryAt = (ref: RoomRef, seq: number, prevId: EventId | null = seq === 1 ? null : realChance.eventId()): NewEntry => {
  const event: RoomEvent = { ...ref, seq, id: realChance.eventId(), type: 'message.created', by, at: Date.now(), data: { name: 'Ada', body: `m${seq}` }, cmid: newCmid() };
  return { events: [event], prevId };
};
const codeOf = async (promise: Promise<unknown>): Promise<RoomLogErrorCode | 'none'> => {
  try {
    await promise;
    return 'none';
  } catch (error) {
    if (error instanceof RoomLogError) return error.code;
    throw error;
  }
};
const until = async (what: string, condition: () => boolean | Promise<boolean>, timeoutMs = 20_000): Promise<void> => {
  if (!(await waitUntil(async () => condition(), timeoutMs))) throw new Error(`waited ${timeoutMs} ms for: ${what}`);
};

const started = async (options: Parameters<typeof startNats>[0] extends infer O ? Omit<O & object, 'dataDir'> : never): Promise<NatsServer> => {
  const server = await inTempDir((dataDir) => startNats({ ...options, dataDir }));
  onTestFinished(() => server.stop());
  return server;
};
const opened = async (url: string, options: Partial<NatsRoomLogOptions> = {}): Promise<RoomLog> => {
  const log = await openLog(url, options);
  onTestFinished(() => log.close());
  return log;
};
const connected = async (servers: string): Promise<Nats> => {
  const nats = await connectNats({ servers, name: 'test', reconnectDelayMs: 50 });
  onTestFinished(() => nats.close());
  return nats;
};

const NO_OLD = 'no nats-server older than 2.12 is installed';
const NO_RECENT = 'no nats-server 2.12 or later is installed';

describe('a server that cannot do what is asked is refused at connect', () => {
  test('three replicas before 2.12', async (context) => {
    if (!oldNats) return context.skip(NO_OLD);
    const server = await started({ binary: oldNats.path });
    expect(await codeOf(openLog(server.url, { replicas: 3 }))).toBe('unsupported_server');
    const nats = await connected(server.url);
    const { streams } = await jetStreamCall<{ streams: string[] | null }>(nats, JS_API.streamNames(), {}, 5_000);
    expect(streams ?? []).toEqual([]);
  });

  test('a log that has three replicas already, before 2.12', async (context) => {
    if (!oldNats) return context.skip(NO_OLD);
    const { path } = oldNats;
    const cluster = await inTempDir((dataDir) => startNatsCluster(3, { dataDir, binary: path }));
    onTestFinished(() => cluster.stop());
    const nats = await connected(cluster.url);
    const name = logStreamName(realChance.eventId());
    const subject = logSubjectsOfRegion(region);
    const create = () => jetStreamCall(nats, JS_API.streamCreate(name), { name, subjects: [subject], num_replicas: 3, republish: { src: subject, dest: headSubjectsOfRegion(region) } }, 5_000);
    await until('the stream is created', () => create().then(() => true, () => false));
    expect(await codeOf(openLog(cluster.url))).toBe('unsupported_server');
  });

  test('three replicas without a cluster', async (context) => {
    if (!recentNats) return context.skip(NO_RECENT);
    const server = await started({ binary: recentNats.path });
    expect(await codeOf(openLog(server.url, { replicas: 3 }))).toBe('unsupported_server');
    expect((await opened(server.url)).id).toMatch(/^parley-log-/);
  });

  test('a server without JetStream is unavailable', async () => {
    const server = await started({ jetstream: false });
    expect(await codeOf(openLog(server.url, { requestTimeoutMs: 1_000 }))).toBe('unavailable');
  });
});

describe.for([[oldNats, NO_OLD], [recentNats, NO_RECENT]] as const)('one server', ([binary, why]) => {
  test(`ten starters at once find one log (${binary?.version ?? why})`, async (context) => {
    if (!binary) return context.skip(why);
    for (let round = 0; round < 3; round += 1) {
      const server = await started({ binary: binary.path });
      const logs = await Promise.all(Array.from({ length: 10 }, () => opened(server.url)));
      expect(new Set(logs.map(({ id }) => id)).size).toBe(1);
    }
  });

  test(`a purge below the very first entry of all empties nothing: a server takes a bound of 1 for none (${binary?.version ?? why})`, async (context) => {
    if (!binary) return context.skip(why);
    const server = await started({ binary: binary.path });
    const log = await opened(server.url);
    const ref = freshRef();
    expect(await log.append(ref, entryAt(ref, 1), 0)).toBe(1);
    expect(await log.purge(ref, 1)).toBe(1);
    expect((await log.read(ref, 0)).entries).toHaveLength(1);
  });

  test(`a log that is created anew is another log (${binary?.version ?? why})`, async (context) => {
    if (!binary) return context.skip(why);
    const server = await started({ binary: binary.path });
    const log = await opened(server.url);
    const ref = freshRef();
    const consumer = await log.consumer({ name: 'worker', shard: shardOf(ref.roomId) });
    await log.append(ref, entryAt(ref, 1), 0);
    const second = await log.append(ref, entryAt(ref, 2), 1);
    const heads: Head[] = [];
    await log.watchHeads(ref.roomId, (head) => heads.push(head));
    const { id } = log;

    const nats = await connected(server.url);
    await nats.request(`$JS.API.STREAM.DELETE.${id}`, '', { timeoutMs: 5_000 });
    const other = await opened(server.url);
    expect(other.id).not.toBe(id);
    await other.append(ref, entryAt(ref, 1), 0);

    const stale = await codeOf(log.append(ref, entryAt(ref, 3), second));
    expect(stale, 'another log has other positions').toBe('conflict');
    expect(log.id, 'known as soon as the conflict is').toBe(other.id);
    expect((await log.read(ref, 0)).entries).toHaveLength(1);
    await until('heads of the new log', () => log.headsLive);
    await log.append(ref, entryAt(ref, 2), 1);
    await until('a head', () => heads.some(({ seq, position }) => seq === 2 && position === 2));
    const delivered = async (): Promise<boolean> => {
      const deliveries = await consumer.fetch(10, 500).catch(() => []);
      await Promise.all(deliveries.map((delivery) => delivery.ack()));
      return deliveries.length > 0;
    };
    await until('deliveries from the new log', delivered);
  });

  test(`a log that was lost while nobody asked is created again by whoever asks next (${binary?.version ?? why})`, async (context) => {
    if (!binary) return context.skip(why);
    const server = await started({ binary: binary.path });
    const log = await opened(server.url, { requestTimeoutMs: 1_000 });
    const ref = freshRef();
    const { id } = log;
    await log.append(ref, entryAt(ref, 1), 0);
    const nats = await connected(server.url);
    await nats.request(`$JS.API.STREAM.DELETE.${id}`, '', { timeoutMs: 5_000 });
    expect(['unavailable', 'none']).toContain(await codeOf(log.read(ref, 1)));
    await until('another log', () => log.id !== id);
    expect(await log.read(ref, 1)).toEqual({ entries: [], atEnd: true });
    await until('appends', async () => (await codeOf(log.append(ref, entryAt(ref, 2), 0))) === 'none');
  });

  test(`a server that freezes: appends end as unknown outcomes, heads are dead within their bound, and all comes back (${binary?.version ?? why})`, async (context) => {
    if (!binary) return context.skip(why);
    const server = await started({ binary: binary.path });
    const log = await opened(server.url, { appendTimeoutMs: 500, requestTimeoutMs: 500, headsProbeMs: 200, headsProbeTimeoutMs: 400 });
    const ref = freshRef();
    let at = await log.append(ref, entryAt(ref, 1), 0);
    expect(log.headsLive).toBe(true);
    process.kill(server.pid, 'SIGSTOP');
    try {
      const frozen = performance.now();
      // The signal reaches its threads one by one: a few appends may still be answered.
      let code: string = 'none';
      for (let seq = 2; code === 'none'; seq += 1) code = await codeOf(log.append(ref, entryAt(ref, seq), at).then((position) => (at = position)));
      expect(code).toBe('unknown_outcome');
      expect(await codeOf(log.read(ref, at))).toBe('unavailable');
      await until('heads are known to be dead', () => !log.headsLive, 5_000);
      expect(performance.now() - frozen).toBeLessThan(4_000);
    } finally {
      process.kill(server.pid, 'SIGCONT');
    }
    await until('heads live again', () => log.headsLive);
    // It may have been stored when the server went on: that is what unknown means.
    let entries = 0;
    await until('reads', async () => {
      entries = await log.read(ref, at).then((page) => page.entries.length, () => 0);
      return entries > 0;
    });
    expect([1, 2]).toContain(entries);
  });
});

describe('three replicas', () => {
  let rig: Awaited<ReturnType<typeof clusterRig>> | undefined;
  beforeAll(async () => {
    if (recentNats) rig = await clusterRig(recentNats.path);
  });
  afterAll(() => rig?.stop());

  test('ten starters at once find one log', async (context) => {
    if (!rig) return context.skip(NO_RECENT);
    const { url } = rig;
    const logs = await Promise.all(Array.from({ length: 10 }, () => opened(url, { replicas: 3 })));
    expect(new Set(logs.map(({ id }) => id)).size).toBe(1);
  });

  test('a leader that is killed -9 makes heads dead for a while on every connection, and appends go on without it', async (context) => {
    if (!rig) return context.skip(NO_RECENT);
    const cluster = rig;
    const logs = await Promise.all(Array.from({ length: 3 }, () => opened(cluster.url, { replicas: 3, appendTimeoutMs: 1_000, requestTimeoutMs: 1_000 })));
    const ref = freshRef();
    const heads: Head[][] = logs.map(() => []);
    const died = logs.map(() => false);
    for (const [n, log] of logs.entries()) {
      await log.watchHeads(ref.roomId, (head) => heads[n]!.push(head));
      log.onHeadsLive((live) => {
        died[n] ||= !live;
      });
    }
    const at = await logs[0]!.append(ref, entryAt(ref, 1), 0);
    await until('a head on each', () => heads.every((each) => each.length === 1));
    const leader = await cluster.leader();
    await leader.kill();
    try {
      await until('heads were dead on each', () => died.every(Boolean));
      await until('heads are live on each', () => logs.every((log) => log.headsLive));
      let position = at;
      await until('an append', async () => {
        try {
          const last = (await logs[1]!.read(ref, at)).entries.at(-1)!;
          position = await logs[1]!.append(ref, entryAt(ref, last.events.at(-1)!.seq + 1, last.events.at(-1)!.id), last.position);
          return true;
        } catch {
          return false;
        }
      });
      await until('its head on each', () => heads.every((each) => each.some((head) => head.position === position)));
      for (const each of heads) expect(new Set(each.map((head) => head.position)).size, 'each once').toBe(each.length);
    } finally {
      await leader.restart();
    }
  });

  test('a long log is read while a server is gone of which the others do not know yet', async (context) => {
    if (!rig) return context.skip(NO_RECENT);
    const log = await opened(rig.url, { replicas: 3, requestTimeoutMs: 4_000 });
    const ref = freshRef();
    let at = 0;
    let last: EventId | null = null;
    for (let seq = 1; seq <= 40; seq += 1) {
      const entry = entryAt(ref, seq, last);
      at = await log.append(ref, entry, at);
      last = entry.events[0]!.id;
    }
    const leader = await rig.leader();
    const follower = rig.servers.find((server) => server !== leader)!;
    await follower.kill();
    try {
      await until('a connection to one that is there', () => log.read(ref, at).then(() => true, () => false));
      // Of the servers on which JetStream may put what reads for us, one in three is the one that is gone.
      for (let reads = 0; reads < 12; reads += 1) expect((await log.read(ref, 0)).entries).toHaveLength(40);
    } finally {
      await follower.restart();
    }
  });
});

test('a log closes without its connection', async () => {
  const server = await started({});
  const nats = await connected(server.url);
  const log = await NatsRoomLog.connect({ nats, region });
  await log.close();
  expect(log.headsLive).toBe(false);
  await nats.flush(1_000);
});

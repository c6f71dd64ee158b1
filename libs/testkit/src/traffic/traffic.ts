import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChatClient } from '@parley/chat-client';
import type { RoomId } from '@parley/protocol';
import { checkHistories, type AckRecord, type AppliedEvent, type CheckedEvent, type SentRecord, type Verdict } from '../checker.ts';
import { waitFor } from '../wait-for.ts';
import { appliedOf, openClient, openLanes, openListener, type Lane, type Listener } from './members.ts';
import { readBack } from './read-back.ts';
import { RecordFile } from './record-file.ts';

export type TrafficOptions = {
  /** Users are spread over these. */
  urls: readonly string[];
  /** Default 4. */
  rooms?: number;
  /** Default 8. */
  writers?: number;
  /** Default 8. */
  listeners?: number;
  /** How many of the rooms each writer writes in; default all. */
  roomsPerWriter?: number;
  /** How many of the rooms each listener listens in; default all. */
  roomsPerListener?: number;
  /** Default: websocket alone. */
  transports?: readonly ('websocket' | 'polling')[];
  /** Where the histories are written, as files of JSON lines. Default: a folder of their own, removed by `close`. */
  dir?: string;
};

export type Pace = {
  /** In all, evenly over writers and rooms. Default `Infinity`: each writer in each room as fast as it is answered. */
  perSecond?: number;
  /** Then it stops by itself. Default: never. */
  messages?: number;
};

/** Writers and listeners on the real client library, everything they do written down for the checker. Nothing is said before `start`. */
export type Traffic = {
  readonly roomIds: readonly RoomId[];
  readonly writers: readonly ChatClient[];
  readonly listeners: readonly ChatClient[];
  readonly sent: number;
  readonly acked: number;
  /** How often any of the clients noticed that it was without a connection. */
  readonly interruptions: number;
  start(pace?: Pace): void;
  /** Says nothing more. What was said is still being sent. */
  stop(): void;
  untilAcked(count: number, deadlineMs: number): Promise<void>;
  /** Resolves when each writer has had, in each of its rooms, an ack, and each listener has heard, in each of its rooms, a message, of what was said after the call. */
  untilFlowing(deadlineMs: number): Promise<void>;
  /** Stops, waits until all is acked and every listener has all of it, reads the rooms back, and checks everything against everything. Throws if a client met what it should never meet. */
  finish(deadlineMs: number): Promise<Verdict>;
  close(): Promise<void>;
};

/** Sign-ins and joins at once. */
const ABREAST = 10;
/** Unresolved messages per writer and room: one is under way, the others wait. */
const LANE_QUEUE = 4;
const TICK_MS = 20;
/** Of what clients met. */
const EXAMPLES = 20;

const inBatches = async <T, R>(items: readonly T[], each: (item: T) => Promise<R>): Promise<R[]> => {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += ABREAST) results.push(...(await Promise.all(items.slice(start, start + ABREAST).map(each))));
  return results;
};

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

export const openTraffic = async (options: TrafficOptions): Promise<Traffic> => {
  const { urls, rooms: roomCount = 4, writers: writerCount = 8, listeners: listenerCount = 8, roomsPerWriter = roomCount, roomsPerListener = roomCount, transports = ['websocket'] } = options;
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'parley-traffic-')));
  await mkdir(dir, { recursive: true });
  const file = <T>(name: string): RecordFile<T> => new RecordFile<T>(join(dir, `${name}.ndjson`));
  const histories = { sends: file<SentRecord>('sends'), acks: file<AckRecord>('acks') };
  const faults: unknown[] = [];
  let faultCount = 0;
  const fault = (error: unknown): void => {
    faultCount += 1;
    if (faults.length < EXAMPLES) faults.push(error);
  };
  const clients: ChatClient[] = [];
  let interruptions = 0;
  let closing = false;
  const open = async (name: string, n: number): Promise<ChatClient> => {
    const client = await openClient(urls[n % urls.length]!, name, transports, fault);
    client.on('status', ({ status }) => {
      if (status === 'offline' && !closing) interruptions += 1;
    });
    clients.push(client);
    return client;
  };

  let pace: (Pace & { perSecond: number }) | null = null;
  let startedAt = 0;
  /** Of those that were sent at this pace. */
  let paced = 0;
  let nextLane = 0;
  let ticker: NodeJS.Timeout | undefined;
  const wanted = (): boolean => pace !== null && paced < (pace.messages ?? Infinity);
  const say = (lane: Lane): void => {
    paced += 1;
    lane.say(`message ${histories.sends.count}`);
  };
  const fill = (lane: Lane): void => {
    while (wanted() && lane.unresolved < LANE_QUEUE) say(lane);
  };

  const host = await open('host', 0);
  const roomIds: RoomId[] = [];
  for (const n of numbers(roomCount)) roomIds.push((await host.createRoom({ kind: 'public', name: `room ${n}` })).id);
  const roomsOf = (n: number, count: number): RoomId[] => numbers(count).map((k) => roomIds[(n * count + k) % roomCount]!);

  const deliveries = new Map<string, RecordFile<AppliedEvent>>();
  const listeners: Listener[] = await inBatches(numbers(listenerCount), async (n) => {
    const name = `listener-${n}`;
    const heard = file<AppliedEvent>(name);
    deliveries.set(name, heard);
    return openListener(await open(name, n), name, roomsOf(n, roomsPerListener), (event) => heard.append(appliedOf(event)));
  });
  const acked = (lane: Lane): void => {
    if (pace?.perSecond === Infinity) fill(lane);
  };
  const writers: ChatClient[] = [];
  const lanesOfWriters = await inBatches(numbers(writerCount), async (n) => {
    const client = await open(`writer-${n}`, n);
    writers.push(client);
    return openLanes(client, `writer-${n}`, roomsOf(n, roomsPerWriter), histories, { acked, fault });
  });
  /** One of each writer, then the next of each. */
  const lanes = numbers(roomsPerWriter).flatMap((k) => lanesOfWriters.map((each) => each[k]!));

  const tick = (perSecond: number): void => {
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * perSecond) - paced;
    let said = 0;
    for (let passed = 0; said < due && passed < lanes.length && wanted(); nextLane += 1) {
      const lane = lanes[nextLane % lanes.length]!;
      if (lane.unresolved >= LANE_QUEUE) {
        passed += 1;
        continue;
      }
      say(lane);
      said += 1;
    }
    // What could not be said, as all lanes were full, is not made up for.
    if (said < due) startedAt = performance.now() - (paced / perSecond) * 1_000;
  };
  const stop = (): void => {
    pace = null;
    clearInterval(ticker);
  };

  const spokenIn = new Set(lanes.map(({ roomId }) => roomId));
  const mute = (since: number): string[] => lanes.filter(({ ackedSaidAt }) => ackedSaidAt <= since).map(({ writer }) => writer);
  const deaf = (since: number): string[] =>
    listeners.filter(({ rooms, heardSaidAt }) => rooms.some(({ id }) => spokenIn.has(id) && (heardSaidAt.get(id) ?? 0) <= since)).map(({ name }) => name);

  return {
    roomIds,
    writers,
    listeners: listeners.map(({ client }) => client),
    get sent() {
      return histories.sends.count;
    },
    get acked() {
      return histories.acks.count;
    },
    get interruptions() {
      return interruptions;
    },
    start(wantedPace = {}) {
      stop();
      const { perSecond = Infinity } = wantedPace;
      pace = { ...wantedPace, perSecond };
      paced = 0;
      startedAt = performance.now();
      if (perSecond === Infinity) for (const lane of lanes) fill(lane);
      else ticker = setInterval(() => tick(perSecond), TICK_MS);
    },
    stop,
    untilAcked: (count, deadlineMs) => waitFor(`${count} acks`, () => histories.acks.count >= count, { deadlineMs }),
    async untilFlowing(deadlineMs) {
      const since = Date.now();
      await waitFor('messages to flow', () => mute(since).length === 0 && deaf(since).length === 0, { deadlineMs }).catch((error: unknown) => {
        const named = (names: readonly string[]): string => [...new Set(names)].join(', ') || 'nobody';
        throw new Error(`messages do not flow ${deadlineMs} ms on; without an ack: ${named(mute(since))}; hearing nothing: ${named(deaf(since))}`, { cause: error });
      });
    },
    async finish(deadlineMs) {
      // A pace with an end comes to it.
      await waitFor('everything to be said', () => pace?.messages === undefined || !wanted(), { deadlineMs });
      stop();
      const { sends, acks } = histories;
      await waitFor(`every one of ${sends.count} messages to be acked`, () => acks.count >= sends.count, { deadlineMs }).catch((error: unknown) => {
        throw new Error(`only ${acks.count} of ${sends.count} messages were acked`, { cause: error });
      });
      const rooms = await readBack(await open('reader', 0), roomIds, deadlineMs);
      const logs = file<CheckedEvent>('log');
      for (const { events } of rooms) for (const event of events) logs.append(event);
      const head = new Map(rooms.map(({ roomId, events }) => [roomId, events.at(-1)?.seq ?? 0]));
      await waitFor('every listener to have everything', () => listeners.every((each) =>
        each.rooms.every(({ id, cursor }) => (cursor?.seq ?? 0) >= head.get(id)!)), { deadlineMs });
      for (const each of [sends, acks, logs, ...deliveries.values()]) each.flush();
      const verdict = checkHistories({
        sends, acks, rooms,
        listeners: listeners.map(({ name, rooms: heardIn }) => ({ listener: name, entries: deliveries.get(name) ?? [], rooms: heardIn.map(({ id }) => id) })),
      });
      if (faultCount > 0) throw new AggregateError(faults, `clients met ${faultCount} faults: ${String(faults[0])}`);
      return verdict;
    },
    async close() {
      stop();
      closing = true;
      for (const client of clients) client.close();
      if (options.dir === undefined) await rm(dir, { recursive: true, force: true });
    },
  };
};

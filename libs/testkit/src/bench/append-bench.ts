import { newCmid, newUserId, realChance, roomIdOf, type NewEntry, type Position, type RoomLog, type RoomRef } from '@parley/domain';
import type { EventId, RoomEvent } from '@parley/protocol';

export type AppendBenchOptions = {
  /** Rooms appended to at once, one append in flight each. */
  rooms: number;
  /** How long, or how many appends in all; the first tenth is not counted. */
  seconds?: number;
  count?: number;
  /** Of the message's body. Default 100. */
  bodyBytes?: number;
};

export type AppendBenchResult = { appends: number; perSecond: number; p50Ms: number; p99Ms: number };

const quantile = (sorted: Float64Array, q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;

/** Compare-and-set appends of one event each, by one writer per room, as fast as they are answered. */
export const benchAppends = async (log: RoomLog, { rooms, seconds, count, bodyBytes = 100 }: AppendBenchOptions): Promise<AppendBenchResult> => {
  if (seconds === undefined && count === undefined) throw new RangeError('how long, or how many?');
  const by = newUserId();
  const body = 'x'.repeat(bodyBytes);
  const began = performance.now();
  const ends = seconds === undefined ? Number.POSITIVE_INFINITY : began + seconds * 1_000;
  const most = count ?? Number.POSITIVE_INFINITY;
  /** When each append was answered, and how long it took. */
  const answers: { at: number; ms: number }[] = [];
  let started = 0;
  const writeRoom = async (): Promise<void> => {
    const ref: RoomRef = { roomId: roomIdOf(newUserId(), newCmid()), epoch: 1 };
    let position: Position = 0;
    let prevId: EventId | null = null;
    for (let seq = 1; performance.now() < ends && started < most; seq += 1) {
      started += 1;
      const event: RoomEvent = { ...ref, seq, id: realChance.eventId(), type: 'message.created', by, at: Date.now(), data: { name: 'Ada', body }, cmid: newCmid() };
      const entry: NewEntry = { events: [event], prevId };
      const sent = performance.now();
      position = await log.append(ref, entry, position);
      const at = performance.now();
      answers.push({ at, ms: at - sent });
      prevId = event.id;
    }
  };
  await Promise.all(Array.from({ length: rooms }, writeRoom));
  const warm = answers.slice(Math.floor(answers.length / 10));
  const [first, last] = [warm[0]?.at ?? 0, warm.at(-1)?.at ?? 0];
  const times = Float64Array.from(warm, ({ ms }) => ms).sort();
  return { appends: warm.length, perSecond: ((warm.length - 1) * 1_000) / (last - first), p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99) };
};

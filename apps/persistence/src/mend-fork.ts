import { RoomLogError, type Chance, type LogEntry, type RoomLog, type RoomRef, type Watermark } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { EventData, EventId, EventType, RoomEvent, RoomId } from '@parley/protocol';
import { hasArchived, recordLost } from '@parley/store-postgres';
import type { Kysely } from 'kysely';

export type MendOptions = { log: RoomLog; db: Kysely<Database>; chance: Chance; readEntries: number };
export type Mended = { openedEpoch: number; lostEvents: number };

const TRIES = 20;

/**
 * Ends a room's logs that do not go on from the watermark and opens the next epoch from there, in the order that lets it be
 * done again after a crash anywhere: each bad log is sealed, so that nobody goes on writing what will be lost; what it holds
 * beyond the surviving history is listed; the first epoch nobody has used is opened from the watermark. Throws where log or
 * Postgres is away.
 */
export const mendFork = async (options: MendOptions, mark: Watermark, reason: string): Promise<Mended> => {
  const { roomId } = mark.state;
  let lostEvents = 0;
  for (let epoch = mark.epoch; ; epoch += 1) {
    const ref = { roomId, epoch };
    if (epoch > mark.epoch && (await isOpen(options, ref, mark, reason))) return { openedEpoch: epoch, lostEvents };
    if (!(await sealLog(options, ref, reason))) continue;
    lostEvents += await listLostOf(options, ref, mark, reason);
  }
};

/** Opens the epoch from the watermark, unless it is open: answers whether it then goes on from there. */
const isOpen = async (options: MendOptions, ref: RoomRef, mark: Watermark, reason: string): Promise<boolean> => {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const first = await firstOf(options.log, ref);
    if (first) return opensFrom(first, mark);
    if (await open(options, ref, mark, reason)) return true;
  }
  throw new RoomLogError('conflict', `epoch ${ref.epoch} of ${ref.roomId} could not be opened`);
};

const systemEvent = <T extends EventType>(chance: Chance, place: { roomId: RoomId; epoch: number; seq: number }, type: T, data: EventData<T>): RoomEvent =>
  ({ ...place, id: chance.eventId(), type, by: null, at: chance.now(), data, cmid: null }) as unknown as RoomEvent;

const firstOf = async (log: RoomLog, ref: RoomRef): Promise<LogEntry | null> => (await log.read(ref, 0, 1)).entries[0] ?? null;

const opensFrom = ({ events: [first] }: LogEntry, mark: Watermark): boolean =>
  first?.type === 'epoch.opened' && first.seq === mark.seq + 1 && first.data.prevEpoch === mark.epoch && first.data.prevId === mark.lastId;

/** Of one epoch's log, page by page. */
async function* entriesOf(log: RoomLog, ref: RoomRef, readEntries: number): AsyncGenerator<LogEntry> {
  for (let from = 0; ;) {
    const { entries, atEnd } = await log.read(ref, from, readEntries);
    for (const entry of entries) if (entry.position > from) yield entry;
    if (atEnd) return;
    from = entries.at(-1)?.position ?? from;
  }
}

/** False: somebody else was first. */
const appended = async (log: RoomLog, ref: RoomRef, events: RoomEvent[], prevId: EventId, expected: number): Promise<boolean> => {
  try {
    await log.append(ref, { events, prevId }, expected);
    return true;
  } catch (error) {
    // What became of it is seen when the log is read again.
    if (error instanceof RoomLogError && (error.code === 'conflict' || error.code === 'unknown_outcome')) return false;
    throw error;
  }
};

const open = ({ log, chance }: MendOptions, ref: RoomRef, mark: Watermark, reason: string): Promise<boolean> => {
  const data = { prevEpoch: mark.epoch, prevSeq: mark.seq, prevId: mark.lastId, reason };
  return appended(log, ref, [systemEvent(chance, { ...ref, seq: mark.seq + 1 }, 'epoch.opened', data)], mark.lastId, 0);
};

/** Ends an epoch, so that nobody goes on there. False: there is nothing to end. */
export const sealLog = async ({ log, chance, readEntries }: Omit<MendOptions, 'db'>, ref: RoomRef, reason: string): Promise<boolean> => {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    let last: LogEntry | null = null;
    for await (const entry of entriesOf(log, ref, readEntries)) last = entry;
    const event = last?.events.at(-1);
    if (!last || !event) return false;
    if (event.type === 'epoch.sealed') return true;
    if (await appended(log, ref, [systemEvent(chance, { ...ref, seq: event.seq + 1 }, 'epoch.sealed', { reason })], event.id, last.position)) return true;
  }
  throw new RoomLogError('conflict', `${ref.roomId} could not be sealed: others kept appending`);
};

/** What is in the log and not in the archive. */
const listLostOf = async ({ log, db, readEntries }: MendOptions, ref: RoomRef, mark: Watermark, reason: string): Promise<number> => {
  let count = 0;
  let page: LogEntry[] = [];
  const flush = async () => {
    const places = page.map(({ events }) => ({ ...ref, firstSeq: events[0]!.seq, lastSeq: events.at(-1)!.seq, lastId: events.at(-1)!.id }));
    const archived = await hasArchived(db, places);
    // In a standalone the archive holds whatever was appended: there only what lies beyond the watermark tells.
    const lost = page.filter(({ events }, n) => !archived.has(n) || ref.epoch > mark.epoch || events[0]!.seq > mark.seq).flatMap(({ events }) => events);
    await recordLost(db, lost, reason);
    count += lost.filter((event) => event.type !== 'epoch.sealed' && event.type !== 'epoch.opened').length;
    page = [];
  };
  for await (const entry of entriesOf(log, ref, readEntries)) {
    page.push(entry);
    if (page.length >= readEntries) await flush();
  }
  await flush();
  return count;
};

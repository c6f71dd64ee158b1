import { RoomLogError, type Chance, type DeadLetters, type LogEntry, type LogPage, type RoomLog, type Watermark } from '@parley/domain';
import type { DatabaseSession } from '@parley/postgres';
import type { RoomId } from '@parley/protocol';
import type { Logger } from '@parley/runtime';
import { halt, readMarks, type RoomResult } from '@parley/store-postgres';
import type { Committer } from './committer.ts';
import { mendFork, sealLog } from './mend-fork.ts';
import type { Incident, PersistenceMetrics } from './persistence-metrics.ts';

export type RoomKeeperOptions = {
  log: RoomLog;
  session: DatabaseSession;
  committer: Committer;
  deadLetters: DeadLetters;
  metrics: PersistenceMetrics;
  logger: Logger;
  chance: Chance;
  readEntries: number;
};

/** The log changed into another, or others kept working on the room: nothing is wrong, it is looked at again later. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken';
}

const LOOKS = 8;

/** Brings one room's store and log together where what was delivered did not do. */
export class RoomKeeper {
  /** Rooms that do not go on, and why. */
  readonly halted = new Map<RoomId, string>();
  readonly #options: RoomKeeperOptions;

  constructor(options: RoomKeeperOptions) {
    this.#options = options;
  }

  /**
   * Reads the log from the watermark's entry inclusive and takes in what follows, over epochs. Then the log is the only
   * witness: what it lacks is a hole, what contradicts the watermark is a fork. Throws where log or Postgres is away.
   */
  async pull(roomId: RoomId): Promise<void> {
    for (let look = 0; look < LOOKS; look += 1) {
      const mark = await this.#mark(roomId);
      const verdict = await this.#readOn(roomId, mark);
      if (verdict.is === 'done') return this.#goesOn(roomId);
      const now = await this.#mark(roomId);
      if (now?.seq !== mark?.seq || now?.logId !== mark?.logId) continue;
      if (verdict.is === 'halt') return this.halt(roomId, verdict.incident, verdict.reason);
      if (!mark) return this.halt(roomId, 'invalid', verdict.reason);
      const { log } = this.#options;
      if (verdict.epoch > mark.epoch && mark.logId === log.id && !mark.state.sealed) {
        // The watermark's own epoch is sound: it ends first, so that nothing is acked there that the next one does not know.
        await sealLog(this.#options, { roomId, epoch: mark.epoch }, verdict.reason);
      } else {
        // By what is read from its own epoch such a room would stay forked for ever.
        const epoch = await this.#mend(mark, verdict.reason);
        await this.#takeAll({ roomId, epoch }, 0);
      }
    }
    throw new Overtaken(`${roomId} did not come to rest`);
  }

  /** Alarm. The rest of the shard goes on. */
  async halt(roomId: RoomId, incident: Incident, reason: string): Promise<void> {
    const before = this.halted.get(roomId);
    this.halted.set(roomId, reason);
    await halt(this.#options.session.db, roomId, reason);
    if (before !== undefined) return;
    this.#options.metrics.incident(incident);
    this.#options.metrics.halted(1);
    this.#options.logger.error({ roomId, incident, reason }, 'a room was halted: its log cannot be taken in');
  }

  /** Of a room that an operator let go on, or that the log could be read of again. */
  #goesOn(roomId: RoomId): void {
    if (!this.halted.delete(roomId)) return;
    this.#options.metrics.halted(-1);
    this.#options.logger.info({ roomId }, 'a halted room goes on');
  }

  /** Answers the epoch in which the room goes on. */
  async #mend(mark: Watermark, reason: string): Promise<number> {
    const { log, session, chance, logger, metrics, readEntries } = this.#options;
    metrics.incident('fork');
    logger.error({ roomId: mark.state.roomId, epoch: mark.epoch, seq: mark.seq, reason }, 'a room’s log tells another history: it goes on in a new epoch');
    const mended = await mendFork({ log, db: session.db, chance, readEntries }, mark, reason);
    logger.warn({ roomId: mark.state.roomId, ...mended }, 'a forked room was mended');
    return mended.openedEpoch;
  }

  async #mark(roomId: RoomId): Promise<Watermark | null> {
    return (await readMarks(this.#options.session.db, [roomId])).get(roomId) ?? null;
  }

  async #readOn(roomId: RoomId, mark: Watermark | null): Promise<Verdict> {
    const { log } = this.#options;
    const logId = log.id;
    let after = mark;
    // The epochs of one log: on from the watermark's, then those above it as long as there are any.
    for (let epoch = mark?.epoch ?? 1; ; epoch += 1) {
      const ref = { roomId, epoch };
      const from = after && after.logId === logId && after.epoch === epoch ? after.position : 0;
      const read = await this.#takeAll(ref, from);
      if (read.is !== 'read') return read;
      if (log.id !== logId) throw new Overtaken('the log is another one now');
      if (read.last === null && from > 0) {
        // Nothing at or above the watermark's entry. What is below it, if anything, is a log that lost its end.
        return { is: 'fork', epoch, reason: `the log ends before event ${after!.seq}, which was taken in` };
      }
      if (read.last === null && epoch > (mark?.epoch ?? 1)) return { is: 'done' };
      after = await this.#mark(roomId);
    }
  }

  /** Takes in what the log has of one epoch from `from` on. */
  async #takeAll(ref: { roomId: RoomId; epoch: number }, from: number): Promise<Verdict | { is: 'read'; last: LogEntry | null }> {
    const { log, committer, readEntries } = this.#options;
    let last: LogEntry | null = null;
    for (let at = from; ;) {
      const logId = log.id;
      const page: LogPage | null = await log.read(ref, at, readEntries).catch((error: unknown) => {
        if (error instanceof RoomLogError && error.code === 'corrupt_entry') return null;
        throw error;
      });
      if (log.id !== logId) throw new Overtaken('the log is another one now');
      if (page === null) return { is: 'halt', incident: 'corrupt', reason: `an entry of epoch ${ref.epoch} cannot be decoded` };
      if (page.entries.length > 0) {
        const rooms = await committer.commit(logId, page.entries.map((entry) => ({ ref, entry })));
        const verdict = verdictOf(rooms.get(ref.roomId)!, ref.epoch);
        if (verdict) return verdict;
        last = page.entries.at(-1)!;
        at = last.position;
      }
      if (page.atEnd) return { is: 'read', last };
    }
  }
}

type Verdict = { is: 'done' } | { is: 'halt'; incident: Incident; reason: string } | { is: 'fork'; epoch: number; reason: string };

const verdictOf = ({ outcome, stopped }: RoomResult, epoch: number): Verdict | null => {
  const reason = stopped?.reason ?? '';
  if (outcome === 'fork') return { is: 'fork', epoch, reason };
  // Read from the log itself, in order: it has nothing in between.
  if (outcome === 'gap') return { is: 'halt', incident: 'hole', reason: `the log has a hole: ${reason}` };
  if (outcome === 'invalid') return { is: 'halt', incident: 'invalid', reason: `an entry makes no sense: ${reason}` };
  return null;
};

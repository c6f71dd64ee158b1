import { isDeepStrictEqual } from 'node:util';
import { evolve, type RoomState, type Watermark } from '@parley/domain';
import { withTransaction, type Database } from '@parley/postgres';
import type { EventId, RoomEvent, RoomId, UserId } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';
import { ArchiveBroken, stretches } from '../archived.ts';
import { readMarks } from '../watermarks.ts';
import { archiveRows, type ArchiveRow } from './archive-rows.ts';
import { ArchiveWalk } from './archive-walk.ts';
import { CmidsCheck } from './cmids.ts';
import { Findings, type Finding, type FindingKind } from './findings.ts';
import { checkArchived, checkChain, type LogWitness } from './log-check.ts';
import { MembersCheck } from './members.ts';
import { MessagesCheck } from './messages.ts';
import { StandingsCheck } from './standings.ts';

export type VerifyOptions = {
  /**
   * The room's log as it was read before this call, ascending: from the watermark's epoch on, all that was kept; and what
   * should be there and is not. `archive`: the log is the archive. `null`: the room has nothing in a log that could be read.
   */
  log: { entries: readonly LogWitness[]; lacking: string | null } | 'archive' | null;
  /** Edited messages, and members, that may be held in memory. Default 500 000 each. */
  maxHeld?: number;
};

export type VerifiedRoom = {
  roomId: RoomId;
  /** `null`: nothing of the room was taken in yet. */
  watermark: { epoch: number; seq: number } | null;
  /** How far the log reaches, as far as it was read. */
  logSeq: number | null;
  checked: { events: number; messages: number; members: number; commands: number; logEntries: number };
  /** Events that were lost with a log, each listed in `lost_events`. Known, and nothing that this check would find wrong. */
  lost: number;
  findings: Finding[];
  /** All of them, where there are more than are listed. */
  counts: Partial<Record<FindingKind, number>>;
};

/** Compares log, archive, cmid table, watermark and projections of a room in one snapshot. `null`: no such room. Throws `TooMuch`. */
export const verifyRoom = (db: Kysely<Database>, roomId: RoomId, options: VerifyOptions): Promise<VerifiedRoom | null> =>
  withTransaction(db, (trx) => new RoomCheck(trx, roomId, options).run(), { isolation: 'repeatable read', readOnly: true });

class RoomCheck {
  readonly #db: Kysely<Database>;
  readonly #roomId: RoomId;
  readonly #log: VerifyOptions['log'];
  readonly #findings: Findings;
  readonly #messages: MessagesCheck;
  readonly #members: MembersCheck;
  readonly #standings: StandingsCheck;
  readonly #cmids = new CmidsCheck();
  #events = 0;
  #state: RoomState | null = null;
  /** The fold came to an event that does not follow: what it comes to says nothing any more. */
  #broken = false;

  constructor(db: Kysely<Database>, roomId: RoomId, { log, maxHeld = 500_000 }: VerifyOptions) {
    this.#db = db;
    this.#roomId = roomId;
    this.#log = log;
    this.#findings = new Findings(roomId);
    this.#messages = new MessagesCheck(db, roomId, this.#findings, maxHeld);
    this.#members = new MembersCheck(maxHeld);
    this.#standings = new StandingsCheck(maxHeld);
  }

  async run(): Promise<VerifiedRoom | null> {
    const mark = (await readMarks(this.#db, [this.#roomId])).get(this.#roomId) ?? null;
    const beyond = await this.#checkArchive(mark);
    const logEntries = await this.#checkLog(mark, beyond);
    if (!mark && logEntries.length === 0) return null;
    if (mark) await this.#checkTables(mark);
    const { findings, counts } = { findings: this.#findings.kept, counts: Object.fromEntries(this.#findings.counts) };
    return {
      roomId: this.#roomId,
      watermark: mark && { epoch: mark.epoch, seq: mark.seq },
      logSeq: logEntries.at(-1)?.lastSeq ?? (this.#log === 'archive' ? mark?.seq ?? null : null),
      checked: { events: this.#events, messages: this.#messages.checked, members: this.#members.checked, commands: this.#cmids.checked, logEntries: logEntries.length },
      lost: await this.#countLost(),
      findings, counts,
    };
  }

  /** Answers the rows beyond the watermark. */
  async #checkArchive(mark: Watermark | null): Promise<ArchiveRow[]> {
    const beyond: ArchiveRow[] = [];
    const path = mark ? await this.#path(mark) : [];
    if (path === null) return beyond;
    const walk = new ArchiveWalk(path, this.#findings);
    const taken = async ({ events, branches, beyond: more }: ReturnType<ArchiveWalk['take']>): Promise<void> => {
      for (const event of events) this.#fold(event);
      await this.#messages.take(events, walk.seq);
      await this.#cmids.take(this.#db, this.#roomId, events, this.#findings);
      await this.#checkBranches(branches);
      // Only what is needed of them: in a standalone whose worker is behind they may be many.
      beyond.push(...more.map((row) => ({ ...row, events: row.events.slice(-1) })));
    };
    for await (const rows of archiveRows(this.#db, this.#roomId)) await taken(walk.take(rows));
    await taken(walk.end());
    return beyond;
  }

  async #path(mark: Watermark) {
    try {
      return await stretches(this.#db, this.#roomId, mark.epoch, 0, mark.seq);
    } catch (error) {
      if (!(error instanceof ArchiveBroken)) throw error;
      this.#findings.add('archive_gap', error.message);
      return null;
    }
  }

  #fold(event: RoomEvent): void {
    this.#events += 1;
    this.#members.take(event);
    this.#standings.take(event, this.#state);
    if (event.roomId !== this.#roomId) this.#findings.add('archive_invalid', `event ${event.seq} is of the room ${event.roomId}`, { epoch: event.epoch, seq: event.seq });
    if (this.#broken) return;
    try {
      this.#state = evolve(this.#state, event);
    } catch (error) {
      this.#broken = true;
      // After a gap nothing follows, which was told.
      if (!this.#findings.has('archive_gap')) this.#findings.add('archive_invalid', error instanceof Error ? error.message : String(error), { epoch: event.epoch, seq: event.seq });
    }
  }

  async #checkBranches(branches: readonly ArchiveRow[]): Promise<void> {
    const events = branches.flatMap((row) => row.events).filter(({ type }) => type !== 'epoch.sealed' && type !== 'epoch.opened');
    if (events.length === 0) return;
    const listed = await this.#db.selectFrom('lost_events').select('id').where('room_id', '=', this.#roomId).where('id', 'in', events.map(({ id }) => id)).execute();
    const known = new Set(listed.map(({ id }) => id));
    for (const { epoch, seq, id } of events) if (!known.has(id)) this.#findings.add('archive_doubled', `event ${id}`, { epoch, seq });
  }

  async #checkLog(mark: Watermark | null, beyond: readonly ArchiveRow[]): Promise<Omit<LogWitness, 'digest'>[]> {
    const from = { epoch: mark?.epoch ?? 0, seq: mark?.seq ?? 0, lastId: mark?.lastId ?? null };
    if (this.#log === 'archive') {
      const entries = beyond.map((row) => ({ epoch: row.epoch, firstSeq: row.first_seq, lastSeq: row.last_seq, prevId: row.prev_id, lastId: row.events[0]?.id ?? ('' as EventId) }));
      checkChain(from, entries, this.#findings);
      return entries;
    }
    for (const row of beyond) this.#findings.add('archive_beyond', `the entry up to event ${row.last_seq}`, { epoch: row.epoch, seq: row.last_seq });
    if (this.#log === null) return [];
    const isTaken = ({ epoch, lastSeq }: LogWitness): boolean => epoch < from.epoch || (epoch === from.epoch && lastSeq <= from.seq);
    const { entries, lacking } = this.#log;
    if (lacking !== null) this.#findings.add('log_gap', `it lacks ${lacking}`, { epoch: from.epoch, seq: from.seq });
    const taken = entries.filter(isTaken);
    await checkArchived(this.#db, this.#roomId, taken, this.#findings);
    const first = taken[0];
    if (first) checkChain({ epoch: first.epoch, seq: first.lastSeq, lastId: first.lastId }, taken.slice(1), this.#findings);
    checkChain(from, entries.filter((entry) => !isTaken(entry)), this.#findings);
    return [...entries];
  }

  async #checkTables(mark: Watermark): Promise<void> {
    await this.#messages.end();
    await this.#members.end(this.#db, this.#roomId, this.#findings);
    await this.#standings.end(this.#db, this.#roomId, this.#state, this.#findings);
    await this.#cmids.end(this.#db, this.#roomId, this.#findings);
    const { seq, epoch, lastId, state } = mark;
    const kept = state.seq === seq && state.epoch === epoch && state.lastId === lastId;
    if (!kept) this.#findings.add('watermark_state', `it stands at ${epoch}/${seq} ${lastId}, its state at ${state.epoch}/${state.seq} ${state.lastId}`, { epoch, seq });
    else if (!this.#broken && this.#state?.seq === seq && !isDeepStrictEqual(state, this.#state)) this.#findings.add('watermark_state', differing(state, this.#state), { epoch, seq });
    await this.#checkRoom(mark);
  }

  async #checkRoom({ state }: Watermark): Promise<void> {
    const row = await this.#db.selectFrom('rooms').selectAll().where('room_id', '=', this.#roomId).executeTakeFirst();
    const expected = this.#broken || !this.#state ? state : this.#state;
    if (!row) this.#findings.add('room_missing', `room ${this.#roomId}`);
    else {
      const shown = { kind: row.kind, name: row.name, topic: row.topic, createdAt: row.created_at, memberCount: row.member_count, pair: row.pair as [UserId, UserId] | null, slowModeMs: row.slow_mode_ms, readOnly: row.read_only };
      const { kind, name, topic, createdAt, memberCount, pair, slow, readOnly } = expected;
      const is = { kind, name, topic, createdAt, memberCount, pair, slowModeMs: slow?.ms ?? 0, readOnly: readOnly ?? false };
      if (!isDeepStrictEqual(shown, is)) this.#findings.add('room_differs', differing(shown, is));
    }
    const mark = await this.#db.selectFrom('watermarks').select('halted').where('room_id', '=', this.#roomId).executeTakeFirst();
    if (mark?.halted) this.#findings.add('halted', mark.halted);
  }

  async #countLost(): Promise<number> {
    const { rows } = await sql<{ count: number }>`select count(*) as count from lost_events where room_id = ${this.#roomId}`.execute(this.#db);
    return rows[0]?.count ?? 0;
  }
}

/** The names of the fields that are not the same. */
const differing = (a: object, b: object): string => {
  const [left, right] = [a, b].map((each) => new Map(Object.entries(each)));
  return [...new Set([...left!.keys(), ...right!.keys()])].filter((key) => !isDeepStrictEqual(left!.get(key), right!.get(key))).join(', ');
};

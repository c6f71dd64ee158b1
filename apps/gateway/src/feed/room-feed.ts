import { LIMITS, ProtocolError, type EventId, type RoomEvent, type RoomId, type UserId } from '@parley/protocol';
import type { Head, Unwatch } from '@parley/domain';
import type { Turnstile } from '../limits/turnstile.ts';
import { Departures } from './departures.ts';
import { fitFrame } from './fit-frame.ts';
import { HeadTicker } from './head-ticker.ts';
import type { FeedLimits } from './limits.ts';
import type { PageCache } from './page-cache.ts';
import { RedactingReader, type RedactingReaderParts } from './redacting-reader.ts';
import { sanctionChangeOf, whyRemoved } from './sanction-change.ts';
import { takeBack } from './take-back.ts';
import { Tail } from './tail.ts';
import type { RemovedWhy, RoomVoice } from './voice.ts';

/** A room as of now, read from its log. */
export type RoomNow = { epoch: number; seq: number; isMember(userId: UserId): Promise<boolean> };

export type FeedMetrics = {
  /** A head was seen whose events no hint brought. */
  hintLost(): void;
  repaired(): void;
  repairFailed(error: unknown): void;
};

export type FeedParts = RedactingReaderParts & {
  voice: RoomVoice;
  pages: PageCache;
  limits: FeedLimits;
  metrics: FeedMetrics;
  /** Linearizable: nothing that was acked before the call is missing. `null`: no such room. */
  now(roomId: RoomId): Promise<RoomNow | null>;
  /** Repairs of all rooms at once: when heads come back, each room has to read. */
  repairs: Turnstile;
  /** The room's log was seen to reach this far. */
  onHead(head: Head): void;
  random: () => number;
};

export type SyncPage = { epoch: number; seq: number; events: RoomEvent[]; more: boolean };

/**
 * What this gateway knows of one room that sockets here listen to: how far the log reaches (heads, which are the truth)
 * and the events, from whichever hint or read brings them first. Delivers them in order, without a gap, each once.
 */
export class RoomFeed {
  readonly roomId: RoomId;
  readonly #parts: FeedParts;
  readonly #reader: RedactingReader;
  readonly #ticker: HeadTicker;
  #tail: Tail;
  /** Of the last event in the tail; 0 while opening. */
  #epoch = 0;
  /** Of the last event taken in; `null`: not known. */
  #lastId: EventId | null = null;
  #head = { epoch: 0, seq: 0 };
  /** Everything up to here was delivered, or told by a head. */
  #delivered = 0;
  #startedAt = 0;
  #live = true;
  /** Heads were lost: the log has to be read once before they say all again. */
  #headsMissed = false;
  /** Since when it is not sure that everything is here, milliseconds, monotone. */
  #unsureSince: number | null = null;
  #mustRestart = false;
  #repairing: Promise<void> | null = null;
  #repairTimer: NodeJS.Timeout | null = null;
  #failures = 0;
  #unwatch: Unwatch = () => undefined;
  #closed = false;
  readonly #departures: Departures;

  private constructor(roomId: RoomId, parts: FeedParts) {
    this.roomId = roomId;
    this.#parts = parts;
    this.#reader = new RedactingReader(roomId, parts);
    this.#tail = new Tail(parts.limits.tail, 0);
    this.#departures = new Departures(parts.limits.leftUsers);
    this.#ticker = new HeadTicker(parts.limits.headEveryMs, () => this.#tellHead());
  }

  /** Watches heads first and reads the room then, so nothing falls between. Throws `room_not_found`, and the ports' errors. */
  static async open(roomId: RoomId, parts: FeedParts): Promise<RoomFeed> {
    const feed = new RoomFeed(roomId, parts);
    feed.#unwatch = await parts.log.watchHeads(roomId, (head) => feed.#onHead(head));
    try {
      await feed.#restart();
    } catch (error) {
      feed.close();
      throw error;
    }
    if (!parts.log.headsLive) feed.missHeads();
    feed.#check();
    return feed;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** The highest head known. */
  get seq(): number {
    return this.#head.seq;
  }

  /** Nothing at or below this passed here. */
  get startedAt(): number {
    return this.#startedAt;
  }

  get live(): boolean {
    return this.#live;
  }

  /** Whether a membership that was certain at `seq` has since ended. */
  leftSince(userId: UserId, seq: number): boolean {
    return this.#departures.leftSince(userId, seq);
  }

  /** A user whose membership is certain at `seq` listens from now on. */
  admit(userId: UserId, seq: number): void {
    if (seq > this.#tail.last) this.#departures.admit(userId, seq);
  }

  /** Events of the room that were appended: by this gateway itself, or by another as the fan-out says. */
  observe(epoch: number, events: readonly RoomEvent[]): void {
    const last = events.at(-1);
    if (this.#closed || !last || epoch < this.#epoch) return;
    if (this.#reaches(epoch, events[0]!.seq, last.seq)) this.#take(events);
    this.#check();
  }

  /** Events after `after`, as many as fit one answer. Throws `reload`, and `unavailable` where it cannot be known. */
  async sync(epoch: number, after: number): Promise<SyncPage> {
    if (this.#mustRestart || epoch > this.#epoch || after > this.#head.seq) await this.confirm();
    if (epoch < this.#epoch) throw new ProtocolError('reload', 'the room is in a higher epoch');
    if (epoch > this.#epoch || !this.#live) throw new ProtocolError('unavailable', 'this gateway is behind', { retryAfterMs: this.#parts.limits.retryAfterMs });
    if (this.#head.seq - after > LIMITS.syncGap) throw new ProtocolError('reload', `more than ${LIMITS.syncGap} events behind`);
    const events = fitFrame(await this.#after(after), this.#parts.limits.frameBytes);
    const { seq } = this.#head;
    return { epoch: this.#epoch, seq, events, more: (events.at(-1)?.seq ?? after) < seq };
  }

  /** Reads the log to its end and delivers what was missing. Everything acked before the call is here after. Throws the ports' errors. */
  async confirm(): Promise<void> {
    // One that is under way may have read before the call; the next one is shared by all who wait here.
    await this.#repairing?.catch(() => undefined);
    await this.#repair();
  }

  /** Heads can no longer be trusted: until the log was read with heads live again, it is not sure what is here. */
  missHeads(): void {
    this.#headsMissed = true;
    this.#check();
  }

  /** Called now and then: stops or resumes delivering by whether what is known can be trusted. */
  judge(now: number): void {
    const unsureMs = this.#unsureSince === null ? 0 : now - this.#unsureSince;
    if (this.#live && unsureMs > this.#parts.limits.staleAfterMs) {
      this.#live = false;
      this.#parts.voice.live(this.roomId, false);
    } else if (!this.#live && this.#unsureSince === null) {
      this.#live = true;
      this.#parts.voice.live(this.roomId, true);
      this.#deliver();
    }
  }

  close(): void {
    this.#closed = true;
    // Nobody is left who would hear of what is taken back.
    this.#parts.pages.forget(this.roomId);
    this.#unwatch();
    this.#ticker.close();
    if (this.#repairTimer) clearTimeout(this.#repairTimer);
  }

  #onHead(head: Head): void {
    if (this.#closed || head.epoch < this.#epoch) return;
    this.#parts.onHead(head);
    this.#reader.note({ logId: this.#parts.log.id, epoch: head.epoch, seq: head.seq, position: head.position });
    this.#reaches(head.epoch, head.firstSeq, head.seq);
    this.#check();
  }

  /** Notes how far the log reaches. False: a new epoch leaves out what is here, so this is not to be gone on from. */
  #reaches(epoch: number, firstSeq: number, seq: number): boolean {
    if (this.#epoch > 0 && epoch > this.#epoch && firstSeq <= this.#tail.last) this.#mustRestart = true;
    if (epoch > this.#head.epoch || (epoch === this.#head.epoch && seq > this.#head.seq)) {
      this.#head = { epoch, seq };
      this.#ticker.changed();
    }
    return !this.#mustRestart;
  }

  /** Whether everything is here, and what follows if not. */
  #check(): void {
    const behind = this.#isBehind();
    if (!behind && !this.#headsMissed) {
      this.#unsureSince = null;
      return;
    }
    this.#unsureSince ??= performance.now();
    this.#scheduleRepair();
  }

  #isBehind(): boolean {
    return this.#head.seq > this.#tail.last || this.#tail.hasGap || this.#mustRestart;
  }

  /** The only way into the tail: what a leave means is done before anything after it is heard. */
  #take(events: readonly RoomEvent[]): void {
    const next = this.#tail.offer(events);
    if (!next.every((event) => this.#goesOn(event))) {
      this.#mustRestart = true;
      return;
    }
    for (const event of next) {
      if (event.type === 'member.left') this.#onLeft(event.data.userId, event.seq, whyRemoved(event, next));
      const change = sanctionChangeOf(event);
      if (change?.kind === 'mute') this.#parts.voice.sanction(this.roomId, change);
      takeBack(event, this.#tail, this.#parts.pages);
    }
    const last = next.at(-1);
    if (!last) return;
    this.#departures.passed(last.seq);
    this.#reaches(last.epoch, last.seq, last.seq);
    if (this.#live) this.#deliver();
  }

  /** Whether `event`, the next by `seq`, is of the history that is here, and not of one that parted from it. */
  #goesOn(event: RoomEvent): boolean {
    const parted = event.epoch === this.#epoch
      ? false
      : event.epoch < this.#epoch || event.type !== 'epoch.opened' || (this.#lastId !== null && event.data.prevId !== this.#lastId);
    this.#epoch = Math.max(this.#epoch, event.epoch);
    this.#lastId = event.id;
    return !parted;
  }

  #onLeft(userId: UserId, seq: number, why: RemovedWhy = {}): void {
    if (this.#departures.leave(userId, seq)) this.#parts.voice.remove(this.roomId, userId, why);
  }

  #deliver(): void {
    const events = this.#tail.after(this.#delivered);
    this.#delivered = this.#tail.last;
    // More than the tail holds, or more than anyone wants pushed at them: they sync, each as fast as it can.
    if (events === null || events.length > LIMITS.syncPage) return this.#tellHead();
    for (let rest = events; rest.length > 0;) {
      const part = fitFrame(rest, this.#parts.limits.frameBytes);
      this.#parts.voice.events(this.roomId, part[0]!.epoch, part);
      rest = rest.slice(part.length);
    }
  }

  #tellHead(): void {
    if (this.#live && !this.#closed) this.#parts.voice.head(this.roomId, this.#epoch, this.#head.seq);
  }

  async #after(after: number): Promise<RoomEvent[]> {
    if (after >= this.#head.seq) return [];
    const kept = this.#tail.after(after);
    if (kept && kept.length > 0) return kept;
    const { epoch } = this.#head;
    return this.#parts.pages.events(this.roomId, epoch, after, (from) => this.#reader.read(epoch, from));
  }

  #scheduleRepair(): void {
    if (this.#repairTimer || this.#closed) return;
    const { gapMs, repairBackoffMs, repairBackoffCapMs } = this.#parts.limits;
    const wait = this.#failures === 0 ? gapMs : Math.min(repairBackoffCapMs, repairBackoffMs * 2 ** this.#failures);
    this.#repairTimer = setTimeout(() => {
      this.#repairTimer = null;
      // The hint has come after all.
      if (!this.#isBehind() && !this.#headsMissed) return;
      if (this.#failures === 0 && !this.#headsMissed) this.#parts.metrics.hintLost();
      this.#repair().catch(() => undefined);
    }, wait * (0.5 + this.#parts.random()));
  }

  #repair(): Promise<void> {
    this.#repairing ??= this.#parts.repairs.through(() => this.#repairNow()).finally(() => {
      this.#repairing = null;
      this.#check();
    });
    return this.#repairing;
  }

  async #repairNow(): Promise<void> {
    try {
      await this.#catchUp();
      this.#failures = 0;
    } catch (error) {
      this.#failures = Math.min(this.#failures + 1, 16);
      this.#parts.metrics.repairFailed(error);
      throw error;
    }
  }

  async #catchUp(): Promise<void> {
    this.#parts.metrics.repaired();
    const { headsLive } = this.#parts.log;
    if (this.#mustRestart || this.#head.seq - this.#tail.last > LIMITS.syncGap) await this.#restart();
    for (;;) {
      const events = await this.#reader.readMissed(this.#head.epoch, this.#tail.last);
      if (this.#closed || events.length === 0) break;
      this.#take(events);
    }
    if (this.#isBehind()) throw new ProtocolError('unavailable', 'the log ends before its head');
    // Heads that were live before the read and still are have told, or will tell, everything after it.
    if (headsLive && this.#parts.log.headsLive) this.#headsMissed = false;
  }

  /** Begins anew at the end of the log, without those who are no longer members: the events they left by were not read. */
  async #restart(): Promise<void> {
    const now = await this.#parts.now(this.roomId);
    if (!now) throw new ProtocolError('room_not_found');
    const asked = new Set<UserId>();
    // Again for those who came while the others were asked: they were let in by what was known before.
    for (let listeners = this.#unasked(asked); listeners.length > 0; listeners = this.#unasked(asked)) {
      const members = await Promise.all(listeners.map((userId) => now.isMember(userId)));
      listeners.forEach((userId, n) => {
        if (!members[n]) this.#onLeft(userId, now.seq);
      });
    }
    this.#mustRestart = false;
    this.#epoch = now.epoch;
    this.#lastId = null;
    this.#tail = new Tail(this.#parts.limits.tail, now.seq);
    this.#departures.passed(now.seq);
    this.#delivered = now.seq;
    this.#startedAt = now.seq;
    if (now.epoch > this.#head.epoch || now.seq > this.#head.seq) this.#head = { epoch: now.epoch, seq: now.seq };
    this.#tellHead();
  }

  #unasked(asked: Set<UserId>): UserId[] {
    const listeners = [...this.#parts.voice.listeners(this.roomId)].filter((userId) => !asked.has(userId));
    for (const userId of listeners) asked.add(userId);
    return listeners;
  }
}

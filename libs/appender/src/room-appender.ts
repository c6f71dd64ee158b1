import { RoomLogError, StoreUnavailable, type LogEntry, type Position } from '@parley/domain';
import { wireError, type ErrorCode, type RoomId } from '@parley/protocol';
import type { FoldedRoom } from './folded-room.ts';
import { LogForked, WindowFull } from './incidents.ts';
import { Discontinuity } from './log-cursor.ts';
import { missingFor, planBatch, type Missing, type Plan } from './plan.ts';
import { RoomFollower, tell, type AppenderDeps } from './room-follower.ts';
import type { CommandResult, Waiting } from './waiting.ts';

/**
 * The one way into a room's log from this process: puts what waits into appends, one in flight at a time.
 * It knows the room by folding the log and decides on that; the log's compare-and-set says whether it knew all.
 * An append that was not acked may still land later, so nothing here takes "not seen" for "did not happen".
 */
export class RoomAppender {
  readonly roomId: RoomId;
  readonly follower: RoomFollower;
  readonly #deps: AppenderDeps;
  #queue: Waiting[] = [];
  #running: Promise<void> | null = null;
  /** What a command is told that runs out of time or passes. */
  #trouble: ErrorCode = 'busy';
  /** The log refused an entry as too large: the next holds one command. */
  #alone = false;
  /** Appends to a log far away, since anybody else had a turn. */
  #inARow = 0;
  #appendedAt = Number.NEGATIVE_INFINITY;

  constructor(roomId: RoomId, deps: AppenderDeps) {
    this.roomId = roomId;
    this.#deps = deps;
    this.follower = new RoomFollower(roomId, deps);
  }

  get idle(): boolean {
    return !this.#running && this.follower.idle;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /** Resolves once there is nothing left to do. */
  async settled(): Promise<void> {
    while (!this.idle) await Promise.all([this.#running, this.follower.settled()]);
  }

  push(waiting: Waiting): void {
    this.#queue.push(waiting);
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    // Commands that came in together share the first append.
    await Promise.resolve();
    let failures = 0;
    while (this.#queue.length > 0) {
      try {
        await this.#pass(failures > 0);
        failures = 0;
      } catch (error) {
        failures += 1;
        await this.#failed(error, failures);
      }
    }
    // In the same breath as the last look at the queue: a command pushed after it starts the next run.
    this.#running = null;
  }

  /** Takes what waits, once: settles it, or leaves it in the queue for the next pass. */
  async #pass(behind: boolean): Promise<void> {
    const { log, chance, limits, metrics } = this.#deps;
    const batch = this.#take();
    const room = behind || this.follower.isBehind ? await this.follower.fresh() : this.follower.room!;
    for (let missing = missingFor(room, batch); missing.waiting.size > 0; missing = missingFor(room, batch)) {
      if (!(await this.#lookUp(room, missing))) return;
    }
    // From this last look at what is missing to the append nothing is awaited: what is decided on is what it expects.
    if (room !== this.follower.room || log.id !== room.cursor.logId) return;
    const plan = planBatch(room, batch, chance, limits);
    this.#settle(plan, plan.landed);
    if (!plan.entry) {
      if (plan.held.length > 0) await this.#settleHeld(room);
      return;
    }
    const ref = { roomId: this.roomId, epoch: room.cursor.epoch };
    const expected = room.cursor.position;
    const began = chance.now();
    const position = await log.append(ref, plan.entry, expected);
    const tookMs = chance.now() - began;
    const entry = { ...plan.entry, position };
    this.#foldOwn(room, entry, expected);
    this.#alone = false;
    this.#trouble = 'busy';
    metrics.appended(plan.commands, entry.events.length);
    this.#settle(plan, plan.appended);
    this.#settle(plan, plan.held);
    tell(this.#deps, this.roomId, () => this.#deps.onAppended(entry, ref));
    this.follower.tidy(room);
    await this.#giveTurn(began, tookMs);
  }

  /**
   * Who has just appended knows the room, and has its next append there before another gateway, which has to read first, can have its own:
   * where the log is far and the room busy, that one would never come to its turn.
   */
  async #giveTurn(began: number, tookMs: number): Promise<void> {
    const { chance, limits } = this.#deps;
    const isNext = began - this.#appendedAt < tookMs;
    this.#appendedAt = chance.now();
    this.#inARow = tookMs < limits.farMs ? 0 : isNext ? this.#inARow + 1 : 1;
    if (this.#inARow < limits.turnAppends) return;
    this.#inARow = 0;
    await chance.sleep(Math.min(limits.turnCapMs, 3 * tookMs));
  }

  /**
   * With nothing to append there is no ack to say that the state is the log's: a read begun after the commands came
   * says it too. They are decided once more on what it found, with rows looked up before it.
   */
  async #settleHeld(room: FoldedRoom): Promise<void> {
    const { chance, limits } = this.#deps;
    const { learned } = room.rows;
    const batch = this.#queue.slice(0, this.#alone ? 1 : limits.batchCommands).filter(({ passes }) => passes > 0);
    await this.follower.fresh();
    if (room !== this.follower.room || learned !== room.rows.learned || missingFor(room, batch).waiting.size > 0) return;
    const plan = planBatch(room, batch, chance, limits);
    this.#settle(plan, plan.landed);
    if (!plan.entry) this.#settle(plan, plan.held);
  }

  /** A read that ran beside the append may have folded it already, or the room may have been seeded anew. */
  #foldOwn(room: FoldedRoom, entry: LogEntry, expected: Position): void {
    if (room.cursor.position === expected && room.cursor.seq + 1 === entry.events[0]!.seq) room.fold(entry);
  }

  #take(): Waiting[] {
    const { limits } = this.#deps;
    this.#expireOverdue();
    const batch = this.#queue.slice(0, this.#alone ? 1 : limits.batchCommands);
    for (const waiting of batch) waiting.passes += 1;
    return batch;
  }

  /** Asks the store for what a batch needs. False: the pass has to be made anew. */
  async #lookUp(room: FoldedRoom, missing: Missing): Promise<boolean> {
    const { store, metrics } = this.#deps;
    const { span } = room;
    const { members, messages } = missing.targets;
    try {
      const [cmids, targets] = await Promise.all([
        missing.cmids.length > 0 ? store.findCmids(this.roomId, missing.cmids.map(({ by, cmid }) => ({ by, cmid }))) : null,
        members.length + messages.length > 0 ? store.findTargets(this.roomId, missing.targets) : null,
      ]);
      // Asked for another `winStart`: what left the window since may be in neither.
      if (room !== this.follower.room || span !== room.span) return false;
      for (const { waiting } of missing.cmids) waiting.found = { span, record: cmids?.get(waiting.key) ?? null };
      if (targets) room.rows.learn(missing.targets, targets);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      metrics.incident('store_unavailable', this.roomId);
      this.#expire([...missing.waiting], 'unavailable');
      return false;
    }
    return true;
  }

  async #failed(error: unknown, failures: number): Promise<void> {
    const { chance, limits, metrics, onDefect } = this.#deps;
    let pause = true;
    if (error instanceof RoomLogError) {
      const { code } = error;
      pause = code !== 'conflict' || failures > 1;
      metrics.incident(code === 'conflict' ? 'append_conflict' : code === 'unknown_outcome' ? 'append_unknown_outcome' : 'append_failed', this.roomId);
      if (code === 'too_large') {
        if (this.#alone || this.#queue.length === 1) this.#expire(this.#queue.slice(0, 1), 'too_large');
        this.#alone = true;
      }
      this.#trouble = code === 'conflict' ? 'busy' : 'unavailable';
      this.#expireOverdue();
    } else if (error instanceof StoreUnavailable || error instanceof LogForked || error instanceof WindowFull) {
      metrics.incident(error instanceof LogForked ? 'forked' : error instanceof WindowFull ? 'window_full' : 'store_unavailable', this.roomId);
      this.#expire(this.#queue, 'unavailable');
    } else if (!(error instanceof Discontinuity)) {
      onDefect(error, this.roomId);
      this.follower.drop();
      this.#expire(this.#queue, 'internal');
    }
    if (!pause || this.#queue.length === 0) return;
    await chance.sleep(chance.random() * Math.min(limits.backoffCapMs, limits.backoffMs * 2 ** Math.min(failures, 16)));
  }

  #settle(plan: Plan, answers: Plan['landed']): void {
    const done = new Set(answers.flatMap(({ waiting }) => waiting));
    this.#queue = this.#queue.filter((waiting) => !done.has(waiting));
    for (const { verdict, waiting } of answers) {
      for (const each of waiting) this.#answer(each, plan.resultOf(verdict, each.command));
    }
  }

  #expireOverdue(): void {
    const { chance, limits } = this.#deps;
    const now = chance.now();
    this.#expire(this.#queue.filter(({ deadline, passes }) => deadline <= now || passes >= limits.passes), this.#trouble);
  }

  #expire(waiting: readonly Waiting[], code: ErrorCode): void {
    const done = new Set(waiting);
    this.#queue = this.#queue.filter((each) => !done.has(each));
    for (const each of done) {
      this.#deps.metrics.incident('expired', this.roomId);
      this.#answer(each, { ok: false, error: wireError(code) });
    }
  }

  #answer({ settle }: Waiting, result: CommandResult): void {
    tell(this.#deps, this.roomId, () => settle(result));
  }
}

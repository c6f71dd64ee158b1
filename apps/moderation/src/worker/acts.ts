import type { RoomAppenders } from '@parley/appender';
import type { Chance, CommandBody, ModerationStore } from '@parley/domain';
import { ProtocolError, type Cmid, type ErrorCode, type EventId, type RoomId } from '@parley/protocol';
import { CATEGORY } from '../judge/score.ts';
import type { ModerationMetrics } from '../moderation-metrics.ts';
import type { Said } from '../said.ts';
import { Away } from './away.ts';

/** What is about to be done in a room because of what was said at `epoch`, `seq`. */
type Cause = { roomId: RoomId; epoch: number; seq: number; at: number };

/** It was deleted, or the room is gone: there is nothing left to hide. */
const GONE: ReadonlySet<ErrorCode> = new Set(['message_not_found', 'room_not_found']);

/** The same event and the same act are the same command, whoever does it and however often: the log does it once. */
const cmidOf = (eventId: EventId, act: string): Cmid => `mod.${eventId}.${act}` as Cmid;

const HOLD = 'hold-';
const HELD = /^mod\.([0-9A-HJKMNP-TV-Z]{26})\.hold-(\d{1,16})$/;
/** Which event a held message waits for a check of, by the cmid that hid it; `null` for any other cmid. */
export const heldBy = (cmid: Cmid | null): { eventId: EventId; seq: number } | null => {
  const [, eventId, seq] = HELD.exec(cmid ?? '') ?? [];
  return eventId === undefined ? null : { eventId: eventId as EventId, seq: Number(seq) };
};

export type ActsOptions = { appenders: RoomAppenders; store: Pick<ModerationStore, 'report'>; metrics: ModerationMetrics; chance: Chance };

/** What the worker does, as the system: in the room's log, and in the queue. Every one of them is idempotent. Throws {@link Away}. */
export class Acts {
  readonly #options: ActsOptions;

  constructor(options: ActsOptions) {
    this.#options = options;
  }

  async hide(said: Said, reason: string): Promise<void> {
    if (await this.#do(said, { name: 'message:hide', messageId: said.messageId, reason }, cmidOf(said.eventId, 'hide'))) this.#count('hide', said);
  }

  /** Hides until a checker has said something. The place of what was said goes along: see {@link heldBy}. */
  async hold(said: Said, reason: string): Promise<void> {
    if (await this.#do(said, { name: 'message:hide', messageId: said.messageId, reason }, cmidOf(said.eventId, `${HOLD}${said.seq}`))) this.#count('hold', said);
  }

  async restore(said: Said): Promise<void> {
    if (await this.#do(said, { name: 'message:restore', messageId: said.messageId }, cmidOf(said.eventId, 'restore'))) this.#count('restore', said);
  }

  async report({ roomId, messageId, userId, eventId, ...said }: Said, remark: string): Promise<void> {
    const { store, chance } = this.#options;
    const { isNew } = await store.report({ roomId, messageId, userId, by: null, category: CATEGORY, remark, at: chance.now(), cmid: cmidOf(eventId, 'report') });
    if (isNew) this.#count('report', said);
  }

  #count(act: 'hide' | 'hold' | 'restore' | 'report', { at }: Pick<Said, 'at'>): void {
    this.#options.metrics.acted(act, (this.#options.chance.now() - at) / 1_000);
  }

  /** Whether this call is what did it. */
  async #do(cause: Cause, body: CommandBody, cmid: Cmid): Promise<boolean> {
    const { appenders } = this.#options;
    const { roomId, epoch, seq } = cause;
    // The room is known to reach this far: a look before the append, instead of a conflict.
    appenders.noteHead({ roomId, seq });
    const { promise, resolve } = Promise.withResolvers<Parameters<Parameters<RoomAppenders['submit']>[1]>[0]>();
    appenders.submit({ ...body, roomId, by: null, cmid, after: { epoch, seq } }, resolve);
    const result = await promise;
    if (result.ok) return result.events.length > 0;
    const { code, message, retryable } = result.error;
    if (GONE.has(code)) return false;
    throw retryable ? new Away(`${body.name}: ${message}`) : new ProtocolError(code, `${body.name}: ${message}`);
  }
}

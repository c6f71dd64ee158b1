import { messageChange, NOBODY, standingChange, type MessageTarget, type Standing, type TargetKeys, type Targets } from '@parley/domain';
import type { EventId, RoomEvent, UserId } from '@parley/protocol';

/** Each field by itself, since an event says something of some of them only. */
type Row<V> = { fields: Partial<V>; /** `seq` of the last event that said something of it; 0 if all was looked up. */ seq: number };
/** `by: null`: no such message. */
type MessageRow = { by: UserId | null } & Omit<MessageTarget, 'by'>;

const NO_MESSAGE: MessageRow = { by: null, deleted: false, hidden: null };

const isWhole = (fields: Partial<Standing> | undefined): fields is Standing =>
  fields?.role !== undefined && fields.mute !== undefined && fields.ban !== undefined && fields.said !== undefined;

/** `undefined`: not known. A deleted message is as good as none, whoever its author was. */
const targetOf = (fields: Partial<MessageRow> | undefined): MessageTarget | null | undefined => {
  if (fields?.by === null || (fields?.deleted && fields.by === undefined)) return null;
  if (fields?.by === undefined || fields.deleted === undefined || fields.hidden === undefined) return undefined;
  return { by: fields.by, deleted: fields.deleted, hidden: fields.hidden };
};

/**
 * Members and messages as far as they are known: what the folded events say, over rows looked up in the store.
 *
 * A row looked up is as of some watermark W ≥ `winStart`, perhaps one beyond the state. Since the events above
 * `winStart` are folded over it, it is right at every `seq` ≥ W, which is where a compare-and-set append succeeds.
 * So what an event above `winStart` said is never replaced by what was looked up and never forgotten.
 */
export class Rows {
  readonly #under: Rows | null;
  readonly #members = new Map<UserId, Row<Standing>>();
  readonly #messages = new Map<EventId, Row<MessageRow>>();
  /** Rows that were left by the last `prune`, and for which `winStart`. */
  #prunedAt = { winStart: 0, size: 0 };
  /** How often something was taken in from the store. */
  learned = 0;

  /** With `under`: a draft over it, which leaves it as it is. */
  constructor(under: Rows | null = null) {
    this.#under = under;
  }

  get size(): number {
    return this.#members.size + this.#messages.size;
  }

  /** What is known of a user's standing. */
  member(userId: UserId): Partial<Standing> | undefined {
    const row = this.#members.get(userId)?.fields;
    const under = this.#under?.member(userId);
    return row && under ? { ...under, ...row } : row ?? under;
  }

  /** `undefined`: not known. `null`: no such message, or a deleted one whose author is not known. */
  message(id: EventId): MessageTarget | null | undefined {
    return targetOf(this.#message(id));
  }

  #message(id: EventId): Partial<MessageRow> | undefined {
    const row = this.#messages.get(id)?.fields;
    const under = this.#under ? this.#under.#message(id) : undefined;
    return row && under ? { ...under, ...row } : row ?? under;
  }

  /** Those of `keys` that are not known. */
  unknown(keys: TargetKeys): TargetKeys {
    return {
      members: keys.members.filter((userId) => !isWhole(this.member(userId))),
      messages: keys.messages.filter((id) => this.message(id) === undefined),
    };
  }

  /** All of `keys`. Of what is not known in a room that the store has nothing of, there is nothing. */
  targets(keys: TargetKeys): Targets {
    return {
      members: new Map(keys.members.map((userId) => [userId, { ...NOBODY, ...this.member(userId) }])),
      messages: new Map(keys.messages.map((id) => [id, targetOf({ ...NO_MESSAGE, ...this.#message(id) }) ?? null])),
    };
  }

  fold(event: RoomEvent): void {
    const standing = standingChange(event);
    if (standing) set(this.#members, standing.userId, standing.change, event.seq);
    const message = messageChange(event);
    if (message) set(this.#messages, message.id, message.change, event.seq);
  }

  /** Takes in what the store said of `keys`, where no event has said more. */
  learn(keys: TargetKeys, found: Targets): void {
    this.learned += 1;
    for (const userId of keys.members) fill(this.#members, userId, found.members.get(userId) ?? NOBODY);
    for (const id of keys.messages) fill(this.#messages, id, found.messages.get(id) ?? NO_MESSAGE);
  }

  /** Takes in some of a standing that follows from what was looked up of the room itself. */
  learnMember(userId: UserId, fields: Partial<Standing>): void {
    fill(this.#members, userId, fields);
  }

  /** Forgets rows that can be looked up again, oldest first, down to about half, once there are more than `bound`. */
  prune(winStart: number, bound: number): void {
    if (this.#prunedAt.winStart !== winStart) this.#prunedAt = { winStart, size: 0 };
    // Rows that have to stay are not walked over again before there are many new ones.
    if (this.size <= Math.max(bound, this.#prunedAt.size + bound / 2)) return;
    for (const rows of [this.#members, this.#messages] as Map<string, Row<unknown>>[]) {
      let spare = rows.size - bound / 2;
      for (const [key, row] of rows) {
        if (spare <= 0) break;
        if (row.seq <= winStart) rows.delete(key);
        spare -= 1;
      }
    }
    this.#prunedAt.size = this.size;
  }
}

const set = <K, V>(rows: Map<K, Row<V>>, key: K, change: Partial<V>, seq: number): void =>
  void rows.set(key, { fields: { ...rows.get(key)?.fields, ...change }, seq });

/** What is known already stays. */
const fill = <K, V>(rows: Map<K, Row<V>>, key: K, found: Partial<V>): void => {
  const known = rows.get(key);
  rows.set(key, { fields: { ...found, ...known?.fields }, seq: known?.seq ?? 0 });
};

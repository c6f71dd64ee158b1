import type { RoomEvent, RoomId, SanctionView, UserId } from '@parley/protocol';
import type { ChatError, ErrorSanction } from './errors.ts';

type Kind = SanctionView['kind'];
type Held = { sanction: SanctionView; timer: ReturnType<typeof setTimeout> | undefined };

/** A longer timer would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * What is known to be in force against this user, in rooms and on the server (`null` for the room). Told by hints, by the
 * events of open rooms, by refusals, and as a list; each ends by itself. `until` is the server's time, held against this
 * machine's clock: one that is wrong ends a sanction early or late here, and the server decides.
 */
export class Sanctions {
  readonly #userId: UserId;
  readonly #onChange: (roomId: RoomId | null, kind: Kind, sanction: SanctionView | null) => void;
  readonly #held = new Map<string, Held>();

  constructor(userId: UserId, onChange: (roomId: RoomId | null, kind: Kind, sanction: SanctionView | null) => void) {
    this.#userId = userId;
    this.#onChange = onChange;
  }

  get(roomId: RoomId | null, kind: Kind): SanctionView | null {
    return this.#held.get(keyOf(roomId, kind))?.sanction ?? null;
  }

  get all(): SanctionView[] {
    return [...this.#held.values()].map(({ sanction }) => sanction);
  }

  set(roomId: RoomId | null, kind: Kind, sanction: SanctionView | null): void {
    const key = keyOf(roomId, kind);
    const before = this.#held.get(key);
    const next = sanction && (sanction.until === null || sanction.until > Date.now()) ? sanction : null;
    if ((before?.sanction ?? null) === next || (before && next && same(before.sanction, next))) return;
    clearTimeout(before?.timer);
    if (next) this.#held.set(key, this.#hold(next));
    else this.#held.delete(key);
    this.#onChange(roomId, kind, next);
  }

  /** The server's list; it may lag behind what was heard after `asked` (milliseconds since 1970). */
  listed(sanctions: readonly SanctionView[], asked: number): void {
    const named = new Set(sanctions.map(({ roomId, kind }) => keyOf(roomId, kind)));
    for (const { roomId, kind, since } of this.all) if (!named.has(keyOf(roomId, kind)) && since < asked - LIST_LAG_MS) this.set(roomId, kind, null);
    for (const sanction of sanctions) {
      const known = this.get(sanction.roomId, sanction.kind);
      if (!known || known.since <= sanction.since) this.set(sanction.roomId, sanction.kind, sanction);
    }
  }

  /** An event of an open room's log. */
  applied({ type, data, roomId, at }: RoomEvent): void {
    if (type === 'member.muted' && data.userId === this.#userId) this.set(roomId, 'mute', { kind: 'mute', userId: data.userId, roomId, reason: data.reason, since: at, until: data.until });
    else if (type === 'member.unmuted' && data.userId === this.#userId) this.set(roomId, 'mute', null);
    else if (type === 'member.banned' && data.userId === this.#userId) this.set(roomId, 'ban', { kind: 'ban', userId: data.userId, roomId, reason: data.reason, since: at, until: data.until });
    else if (type === 'member.unbanned' && data.userId === this.#userId) this.set(roomId, 'ban', null);
  }

  /** A refusal says what is in force, if that is why. */
  refusedBy(roomId: RoomId | null, error: ChatError | null | undefined): void {
    if (error?.sanction) this.refused(roomId, error.sanction);
  }

  refused(roomId: RoomId | null, { kind, reason, until }: ErrorSanction): void {
    const known = this.get(roomId, kind);
    if (known?.until === until && known.reason === reason) return;
    this.set(roomId, kind, { kind, userId: this.#userId, roomId, reason, until, since: Date.now() });
  }

  #hold(sanction: SanctionView): Held {
    const held: Held = { sanction, timer: undefined };
    const arm = (): void => {
      if (sanction.until === null) return;
      const leftMs = sanction.until - Date.now();
      if (leftMs <= 0) return this.set(sanction.roomId, sanction.kind, null);
      held.timer = setTimeout(arm, Math.min(leftMs, LONGEST_TIMER_MS));
      // A process that has nothing else to do need not wait for the end of a ban.
      if (typeof held.timer === 'object') (held.timer as { unref?: () => void }).unref?.();
    };
    arm();
    return held;
  }
}

/** How far the server's list may lag behind its log. */
const LIST_LAG_MS = 10_000;

const keyOf = (roomId: RoomId | null, kind: Kind): string => `${roomId ?? 'server'} ${kind}`;

const same = (a: SanctionView, b: SanctionView): boolean => a.reason === b.reason && a.until === b.until && a.since === b.since;

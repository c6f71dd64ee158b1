import { PresenceSnapshot, type RoomPresence } from '@parley/chat-client';
import { LIMITS, type UserId } from '@parley/protocol';
import { Store } from './store.ts';

/** A connection that is back sooner than this leaves who is there as it was shown, ms. */
const PATIENCE_MS = 800;

/** A part of the screen that shows who is there. */
export type PresenceWindow = {
  /** Whom it shows by name. */
  show: (userIds: readonly UserId[]) => void;
  close: () => void;
};

/** Who is there in a room, for as long as some part of the screen shows it: their windows together are watched as one. */
export class RoomWatch {
  readonly snapshot: Store<PresenceSnapshot>;
  readonly #presence: RoomPresence;
  readonly #windows = new Map<object, readonly UserId[]>();
  readonly #network: Store<boolean>;
  readonly #unsubscribe: (() => void)[];
  #due = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(presence: RoomPresence, network: Store<boolean>) {
    this.#presence = presence;
    this.#network = network;
    this.snapshot = new Store(presence.current);
    const changed = () => this.#changed();
    this.#unsubscribe = [presence.on('change', changed), network.subscribe(changed)];
  }

  open(userIds: readonly UserId[] = []): PresenceWindow {
    const key = {};
    const show = (shown: readonly UserId[]): void => {
      this.#windows.set(key, shown);
      this.#update();
    };
    show(userIds);
    return {
      show: (shown) => { if (this.#windows.has(key)) show(shown); },
      close: () => { if (this.#windows.delete(key)) this.#update(); },
    };
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#windows.clear();
  }

  /** Once per turn: where one part closes and another opens, the room stays watched. */
  #update(): void {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      if (this.#windows.size === 0) return this.#presence.unwatch();
      const all = new Set([...this.#windows.values()].flat());
      this.#presence.watch([...all].slice(0, LIMITS.presenceWindow));
    });
  }

  #changed(): void {
    clearTimeout(this.#timer);
    const current = this.#network.get() ? this.#presence.current : PresenceSnapshot.UNKNOWN;
    const show = () => this.snapshot.set(current);
    if (current.known || this.#windows.size === 0 || !this.#network.get()) show();
    else this.#timer = setTimeout(show, PATIENCE_MS);
  }
}

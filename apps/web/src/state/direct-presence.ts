import type { RoomId, UserId } from '@parley/protocol';
import type { RoomWatch } from './room-watch.ts';

/** Direct rooms whose other end is shown in the list of rooms: the first ones of it. Well below what a socket may watch. */
export const MAX_DIRECT = 30;

type Shown = { watch: RoomWatch; stop: () => void };

/** Follows the other ends of the direct rooms in the list. */
export class DirectPresence {
  readonly #shown = new Map<RoomId, Shown>();
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** The rooms as they stand in the list now. */
  set(rooms: readonly { id: RoomId; peer: UserId; watch: RoomWatch }[]): void {
    const wanted = new Map(rooms.slice(0, MAX_DIRECT).map((room) => [room.id, room]));
    for (const [id, { watch, stop }] of this.#shown) {
      if (wanted.get(id)?.watch === watch) continue;
      stop();
      this.#shown.delete(id);
    }
    for (const { id, peer, watch } of wanted.values()) {
      if (this.#shown.has(id)) continue;
      const window = watch.open([peer]);
      const unsubscribe = watch.snapshot.subscribe(this.#onChange);
      this.#shown.set(id, { watch, stop: () => { unsubscribe(); window.close(); } });
    }
  }

  follows(id: RoomId): boolean {
    return this.#shown.has(id);
  }
}

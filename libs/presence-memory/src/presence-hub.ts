import { Roster, type Presence, type PresenceChange, type PresenceRoom, type Seen } from '@parley/domain';
import type { Activity, RoomId, UserId } from '@parley/protocol';

type Listener = (change: PresenceChange | null) => void;
type Room = { roster: Roster; listeners: Set<Listener> };

/** Presence in this process' memory. Each `node` is a `Presence`; one is enough where there is one gateway. */
export class PresenceHub {
  readonly #rooms = new Map<RoomId, Room>();
  #nodes = 0;

  node(): Presence {
    this.#nodes += 1;
    return new HubNode(`${this.#nodes}`, this.#rooms);
  }
}

class HubNode implements Presence {
  readonly live = true;
  readonly #name: string;
  readonly #rooms: Map<RoomId, Room>;

  constructor(name: string, rooms: Map<RoomId, Room>) {
    this.#name = name;
    this.#rooms = rooms;
  }

  set(roomId: RoomId, userId: UserId, activity: Activity): void {
    this.#room(roomId).roster.put(this.#name, userId, activity);
  }

  unset(roomId: RoomId, userId: UserId, lastSeenAt: number): void {
    const room = this.#rooms.get(roomId);
    room?.roster.put(this.#name, userId, null, lastSeenAt);
    this.#sweep(roomId);
  }

  watch(roomId: RoomId, onChange: Listener): PresenceRoom {
    const { roster, listeners } = this.#room(roomId);
    // Each watch its own, also where two nodes pass the same function.
    const listener: Listener = (change) => onChange(change);
    listeners.add(listener);
    return {
      get online() { return roster.online; },
      get away() { return roster.away; },
      complete: true,
      ready: Promise.resolve(),
      statusOf: (userId) => roster.statusOf(userId) ?? 'offline',
      users: () => roster.users(),
      close: () => {
        listeners.delete(listener);
        this.#sweep(roomId);
      },
    };
  }

  onSeen(_listener: (seen: readonly Seen[]) => void): void {}

  async close(): Promise<void> {
    for (const [roomId, { roster }] of this.#rooms) {
      roster.replace(this.#name, new Map());
      this.#sweep(roomId);
    }
  }

  #room(roomId: RoomId): Room {
    let room = this.#rooms.get(roomId);
    if (!room) {
      const listeners = new Set<Listener>();
      const roster = new Roster({ own: this.#name, counts: () => true, onChange: (change) => { for (const listener of listeners) listener(change); } });
      this.#rooms.set(roomId, (room = { roster, listeners }));
    }
    return room;
  }

  #sweep(roomId: RoomId): void {
    const room = this.#rooms.get(roomId);
    if (room && room.listeners.size === 0 && room.roster.nodes.length === 0) this.#rooms.delete(roomId);
  }
}

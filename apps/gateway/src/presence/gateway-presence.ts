import type { Presence, PresenceChange, Store } from '@parley/domain';
import { ProtocolError, type Activity, type CommandResponse, type RoomId, type UserId } from '@parley/protocol';
import type { PresenceMetrics } from '../gateway-metrics.ts';
import type { Io } from '../socket/io.ts';
import { isRoomId } from '../socket/is-room-id.ts';
import { Devices } from './devices.ts';
import { Grace } from './grace.ts';
import type { PresenceLimits } from './limits.ts';
import { SeenBook } from './seen-book.ts';
import { viewOf, WatchedRoom } from './watched-room.ts';

export type GatewayPresenceParts = {
  io: Io;
  presence: Presence;
  store: Store;
  limits: PresenceLimits;
  metrics: PresenceMetrics;
  /** Whether what is said in the room may be told at present: a gateway that was cut off does not know whom it may tell. */
  mayTell: (roomId: RoomId) => boolean;
};

/** How often it is looked whose grace is over. */
const GRACE_EVERY_MS = 250;
const RETRY_MS = 500;

/** Says of this gateway's users that they are there, and tells its sockets of the rooms they watch. */
export class GatewayPresence {
  readonly #parts: GatewayPresenceParts;
  readonly #devices: Devices;
  readonly #grace = new Grace();
  readonly #seen: SeenBook;
  readonly #rooms = new Map<RoomId, WatchedRoom>();
  /** The rooms each socket watches. */
  readonly #watching = new Map<string, Set<RoomId>>();
  readonly #timers: NodeJS.Timeout[];

  constructor(parts: GatewayPresenceParts) {
    const { io, presence, store, limits } = parts;
    this.#parts = parts;
    this.#devices = new Devices((...merged) => this.#onMerged(...merged));
    this.#seen = new SeenBook({ store, everyMs: limits.seenEveryMs, maxWaiting: limits.seenWaiting, withinMs: limits.seenWithinMs });
    presence.onSeen((seen) => seen.forEach((each) => this.#seen.note(each)));
    const { adapter, sockets } = io.of('/');
    adapter.on('join-room', (room: string, id: string) => {
      // A socket is in the room of its own id from when it connects until it is gone.
      if (room === id) this.#devices.connect(id, sockets.get(id)!.data.session.user.id);
      else if (isRoomId(room)) this.#devices.join(id, room);
    });
    adapter.on('leave-room', (room: string, id: string) => {
      if (room === id) this.#devices.disconnect(id);
      else if (isRoomId(room)) {
        this.#devices.leave(id, room);
        this.unwatch(room, id);
      }
    });
    this.#timers = [setInterval(() => this.#endGrace(), GRACE_EVERY_MS), setInterval(() => this.#tellAll(), limits.tellEveryMs)];
  }

  /** Users who are there in any room by this gateway. */
  get users(): number {
    return this.#devices.userCount;
  }

  /** Users known to be there in the room, which is at least those of this gateway. */
  sizeOf(roomId: RoomId): number {
    const here = this.#parts.io.of('/').adapter.rooms.get(roomId)?.size ?? 0;
    const presence = this.#rooms.get(roomId)?.presence;
    return presence ? presence.online + presence.away : here;
  }

  setActivity(socketId: string, activity: Activity): void {
    this.#devices.setActivity(socketId, activity);
  }

  /** Throws `not_member`, `limit_reached`, `unavailable`. */
  async watch(roomId: RoomId, socketId: string, named: readonly UserId[]): Promise<CommandResponse<'presence:watch'>> {
    this.#requireListening(roomId, socketId);
    const watching = this.#watching.get(socketId) ?? new Set();
    if (!watching.has(roomId) && watching.size >= this.#parts.limits.roomsPerSocket) {
      throw new ProtocolError('limit_reached', `at most ${this.#parts.limits.roomsPerSocket} rooms are watched by one socket`);
    }
    this.#watching.set(socketId, watching.add(roomId));
    const room = this.#watchedRoom(roomId);
    const watcher = room.add(socketId, named);
    await room.presence.ready;
    const absent = named.filter((userId) => room.presence.statusOf(userId) === 'offline');
    const seen = await this.#seen.lookUp(roomId, absent);
    this.#requireListening(roomId, socketId);
    // Of no effect if the socket has named others meanwhile, or watches no more.
    watcher.everybody = !room.isBig;
    return this.#answer(room, named, seen);
  }

  unwatch(roomId: RoomId, socketId: string): void {
    const watching = this.#watching.get(socketId);
    if (!watching?.delete(roomId)) return;
    if (watching.size === 0) this.#watching.delete(socketId);
    const room = this.#rooms.get(roomId);
    room?.remove(socketId);
    if (!room?.isEmpty) return;
    room.presence.close();
    this.#rooms.delete(roomId);
  }

  /** Its users stay as they are for the others, who see them come to another gateway. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    for (const { userId, lastSeenAt } of this.#grace.due(Infinity, 0)) this.#seen.note({ userId, at: lastSeenAt });
    const at = Date.now();
    for (const userId of this.#devices.users) this.#seen.note({ userId, at });
    await this.#seen.close();
    for (const { presence } of this.#rooms.values()) presence.close();
    this.#rooms.clear();
  }

  #requireListening(roomId: RoomId, socketId: string): void {
    if (!this.#parts.io.of('/').adapter.rooms.get(roomId)?.has(socketId)) throw new ProtocolError('not_member', 'this socket does not listen to the room');
    if (!this.#parts.mayTell(roomId)) throw new ProtocolError('unavailable', 'this gateway is behind', { retryAfterMs: RETRY_MS });
  }

  #watchedRoom(roomId: RoomId): WatchedRoom {
    let room = this.#rooms.get(roomId);
    if (!room) {
      const made = new WatchedRoom(this.#parts.limits.room);
      made.presence = this.#parts.presence.watch(roomId, (change: PresenceChange | null) => made.note(change));
      this.#rooms.set(roomId, (room = made));
    }
    return room;
  }

  #answer(room: WatchedRoom, named: readonly UserId[], seen: ReadonlyMap<UserId, number>): CommandResponse<'presence:watch'> {
    const { online, away, complete } = room.presence;
    const users = new Map<UserId, PresenceChange>();
    if (!room.isBig) for (const [userId, status] of room.presence.users()) users.set(userId, { userId, status });
    for (const userId of named) users.set(userId, { userId, status: this.#statusOf(room, userId), lastSeenAt: seen.get(userId) });
    return { online, away, complete, users: [...users.values()].map(viewOf) };
  }

  /** Who is not known to be there may be, where not all is known. */
  #statusOf({ presence }: WatchedRoom, userId: UserId): PresenceChange['status'] {
    const status = presence.statusOf(userId);
    return status === 'offline' && !presence.complete ? 'unknown' : status;
  }

  #onMerged(roomId: RoomId, userId: UserId, status: Activity | null): void {
    if (status === null) return this.#grace.add({ roomId, userId, lastSeenAt: Date.now() }, performance.now());
    this.#grace.cancel(roomId, userId);
    this.#parts.presence.set(roomId, userId, status);
  }

  #endGrace(): void {
    for (const { roomId, userId, lastSeenAt } of this.#grace.due(performance.now(), this.#parts.limits.graceMs)) {
      this.#seen.note({ userId, at: lastSeenAt });
      this.#parts.presence.unset(roomId, userId, lastSeenAt);
    }
  }

  #tellAll(): void {
    const { io, metrics, mayTell } = this.#parts;
    for (const [roomId, room] of this.#rooms) {
      if (!mayTell(roomId)) continue;
      const { changes, tellings } = room.takeTellings();
      metrics.changed(changes);
      for (const { to, frame } of tellings) {
        metrics.told(to.length);
        // Encoded once, however many they are.
        io.local.to(to as string[]).emit('presence:changed', { roomId, ...frame });
      }
    }
  }
}

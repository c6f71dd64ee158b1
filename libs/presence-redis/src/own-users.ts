import type { Activity, RoomId, UserId } from '@parley/protocol';
import type { UserChange } from './message.ts';

/** One call of the script that writes. */
export type Write = {
  roomId: RoomId;
  version: number;
  before: number;
  changes: UserChange[];
  /** None of the process' users is in the room after it. */
  empties: boolean;
};

/** Users in one write, of one room. */
const MAX_CHANGES = 500;
/** Not the version of anything: whoever gets it reads the room again. */
const UNSURE = -1;

/** This process' users in rooms, and what of it is not written yet: each user of a room once, whatever happens. */
export class OwnUsers {
  readonly #rooms = new Map<RoomId, Map<UserId, Activity>>();
  /** With since when the user is gone, for those who are. */
  readonly #unwritten = new Map<RoomId, Map<UserId, number | undefined>>();
  /** The version last written of each room that has records. */
  readonly #versions = new Map<RoomId, number>();
  #version = 0;

  of(roomId: RoomId): ReadonlyMap<UserId, Activity> {
    return this.#rooms.get(roomId) ?? new Map();
  }

  /** Rooms that have records. */
  get written(): RoomId[] {
    return [...this.#versions.keys()];
  }

  set(roomId: RoomId, userId: UserId, activity: Activity): void {
    let users = this.#rooms.get(roomId);
    if (!users) this.#rooms.set(roomId, (users = new Map()));
    if (users.get(userId) === activity) return;
    users.set(userId, activity);
    this.#note(roomId, userId, undefined);
  }

  unset(roomId: RoomId, userId: UserId, lastSeenAt: number): void {
    const users = this.#rooms.get(roomId);
    if (!users?.delete(userId)) return;
    if (users.size === 0) this.#rooms.delete(roomId);
    // Where nothing is written, nothing is to be taken back.
    if (this.#versions.has(roomId)) return this.#note(roomId, userId, lastSeenAt);
    const unwritten = this.#unwritten.get(roomId);
    unwritten?.delete(userId);
    if (unwritten?.size === 0) this.#unwritten.delete(roomId);
  }

  /** Nothing of it is written: all of it is to be, by a process with a new name. */
  forgetWritten(): void {
    this.#versions.clear();
    this.#unwritten.clear();
    for (const [roomId, users] of this.#rooms) for (const userId of users.keys()) this.#note(roomId, userId, undefined);
  }

  /** What is to be written next, up to so many users. */
  take(maxUsers: number): Write[] {
    const writes: Write[] = [];
    let left = maxUsers;
    for (const [roomId, unwritten] of this.#unwritten) {
      if (left <= 0) break;
      const taken = [...unwritten].slice(0, left);
      left -= taken.length;
      for (const [userId] of taken) unwritten.delete(userId);
      if (unwritten.size === 0) this.#unwritten.delete(roomId);
      for (let n = 0; n < taken.length; n += MAX_CHANGES) writes.push(this.#write(roomId, taken.slice(n, n + MAX_CHANGES), n + MAX_CHANGES >= taken.length));
    }
    return writes;
  }

  /** It may have been written, or not. */
  putBack({ roomId, changes }: Write): void {
    this.#versions.set(roomId, UNSURE);
    const unwritten = this.#unwritten.get(roomId);
    for (const [userId, , lastSeenAt] of changes) if (!unwritten?.has(userId)) this.#note(roomId, userId, lastSeenAt);
  }

  #write(roomId: RoomId, taken: [UserId, number | undefined][], last: boolean): Write {
    const users = this.#rooms.get(roomId);
    const changes = taken.map(([userId, lastSeenAt]): UserChange => {
      const activity = users?.get(userId);
      return activity ? [userId, activity] : lastSeenAt === undefined ? [userId, null] : [userId, null, lastSeenAt];
    });
    this.#version += 1;
    const before = this.#versions.get(roomId) ?? 0;
    const empties = last && !users;
    if (empties) this.#versions.delete(roomId);
    else this.#versions.set(roomId, this.#version);
    return { roomId, version: this.#version, before, changes, empties };
  }

  #note(roomId: RoomId, userId: UserId, goneSince: number | undefined): void {
    let unwritten = this.#unwritten.get(roomId);
    if (!unwritten) this.#unwritten.set(roomId, (unwritten = new Map()));
    unwritten.set(userId, goneSince);
  }
}

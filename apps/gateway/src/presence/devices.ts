import type { Activity, RoomId, UserId } from '@parley/protocol';

type Device = { userId: UserId; activity: Activity; rooms: Set<RoomId> };
type Count = { online: number; away: number };

const statusOf = ({ online, away }: Count): Activity | null => (online > 0 ? 'online' : away > 0 ? 'away' : null);

/** What a user's devices here come to in each room. `null`: none is there any more. */
export type OnMerged = (roomId: RoomId, userId: UserId, status: Activity | null) => void;

/** The devices of this gateway and the rooms they listen to. Tells changes of users, not of devices. */
export class Devices {
  readonly #onMerged: OnMerged;
  readonly #devices = new Map<string, Device>();
  readonly #rooms = new Map<RoomId, Map<UserId, Count>>();
  /** In how many rooms each user is. */
  readonly #users = new Map<UserId, number>();

  constructor(onMerged: OnMerged) {
    this.#onMerged = onMerged;
  }

  /** Users who are there in any room. */
  get users(): Iterable<UserId> {
    return this.#users.keys();
  }

  get userCount(): number {
    return this.#users.size;
  }

  connect(id: string, userId: UserId): void {
    this.#devices.set(id, { userId, activity: 'online', rooms: new Set() });
  }

  disconnect(id: string): void {
    for (const roomId of this.#devices.get(id)?.rooms ?? []) this.leave(id, roomId);
    this.#devices.delete(id);
  }

  join(id: string, roomId: RoomId): void {
    const device = this.#devices.get(id);
    if (!device || device.rooms.has(roomId)) return;
    device.rooms.add(roomId);
    this.#count(roomId, device.userId, null, device.activity);
  }

  leave(id: string, roomId: RoomId): void {
    const device = this.#devices.get(id);
    if (device?.rooms.delete(roomId)) this.#count(roomId, device.userId, device.activity, null);
  }

  setActivity(id: string, activity: Activity): void {
    const device = this.#devices.get(id);
    if (!device || device.activity === activity) return;
    const before = device.activity;
    device.activity = activity;
    for (const roomId of device.rooms) this.#count(roomId, device.userId, before, activity);
  }

  #count(roomId: RoomId, userId: UserId, less: Activity | null, more: Activity | null): void {
    let users = this.#rooms.get(roomId);
    if (!users) this.#rooms.set(roomId, (users = new Map()));
    const count = users.get(userId) ?? { online: 0, away: 0 };
    const before = statusOf(count);
    if (less) count[less] -= 1;
    if (more) count[more] += 1;
    const now = statusOf(count);
    if (now) users.set(userId, count);
    else users.delete(userId);
    if (users.size === 0) this.#rooms.delete(roomId);
    if (before === now) return;
    if (before === null) this.#users.set(userId, (this.#users.get(userId) ?? 0) + 1);
    if (now === null) this.#leaveOne(userId);
    this.#onMerged(roomId, userId, now);
  }

  #leaveOne(userId: UserId): void {
    const rooms = (this.#users.get(userId) ?? 0) - 1;
    if (rooms > 0) this.#users.set(userId, rooms);
    else this.#users.delete(userId);
  }
}

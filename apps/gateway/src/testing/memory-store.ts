import { foldMessages, type RoomEvent, type RoomId, type UserId, type UserView } from '@parley/protocol';
import {
  cmidKey, evolve, roomView, StoreUnavailable,
  type ArchivePage, type CmidKey, type CmidRecord, type HistoryPage, type HistoryQuery, type LogEntry, type MembersQuery, type RoomListQuery, type RoomLog, type RoomState, type Seen, type Store, type TargetKeys,
  type Targets, type Watermark,
} from '@parley/domain';

type Taken = { state: RoomState | null; events: RoomEvent[]; position: number };

/** A store that takes a log in when a test says so. */
export class MemoryStore implements Store {
  readonly #log: RoomLog;
  readonly #rooms = new Map<RoomId, Taken>();
  readonly users = new Map<UserId, UserView>();
  readonly seen = new Map<UserId, number>();
  up = true;
  /** How often each query was asked. */
  readonly asked: Record<string, number> = {};

  constructor(log: RoomLog) {
    this.#log = log;
  }

  /** Takes in all that a room's log holds of one epoch. */
  async take(roomId: RoomId, epoch = 1): Promise<void> {
    const taken = this.#rooms.get(roomId) ?? { state: null, events: [], position: 0 };
    this.#rooms.set(roomId, taken);
    const { entries } = await this.#log.read({ roomId, epoch }, 0, 100_000);
    for (const entry of entries) this.#fold(taken, entry);
  }

  async seed(roomId: RoomId): Promise<Watermark | null> {
    this.#ask('seed');
    const taken = this.#rooms.get(roomId);
    return taken?.state ? { ...this.#mark(taken, taken.state), state: taken.state } : null;
  }

  async findCmids(roomId: RoomId, keys: readonly CmidKey[]): Promise<Map<string, CmidRecord>> {
    this.#ask('findCmids');
    const wanted = new Set(keys.map(({ by, cmid }) => cmidKey(by, cmid)));
    const found = new Map<string, CmidRecord>();
    for (const { by, cmid, epoch, seq, id } of this.#events(roomId)) {
      if (!cmid) continue;
      const key = cmidKey(by, cmid);
      if (wanted.has(key) && !found.has(key)) found.set(key, { epoch, seq, id });
    }
    return found;
  }

  async findTargets(roomId: RoomId, keys: TargetKeys): Promise<Targets> {
    this.#ask('findTargets');
    const members = this.#members(roomId);
    const messages = foldMessages(new Map(), this.#events(roomId));
    return {
      members: new Map(keys.members.map((id) => [id, members.get(id)?.role ?? null])),
      messages: new Map(keys.messages.map((id) => {
        const message = messages.get(id);
        return [id, message ? { by: message.by, deleted: message.body === null } : null];
      })),
    };
  }

  async history({ roomId, before, limit }: HistoryQuery): Promise<HistoryPage> {
    this.#ask('history');
    const taken = this.#rooms.get(roomId);
    const all = [...foldMessages(new Map(), this.#events(roomId)).values()].filter(({ seq }) => before === undefined || seq < before);
    return { watermark: taken?.state ? this.#mark(taken, taken.state) : null, messages: all.slice(-limit), more: all.length > limit };
  }

  async archive(roomId: RoomId, after: number, limit: number): Promise<ArchivePage> {
    this.#ask('archive');
    return { events: this.#events(roomId).filter(({ seq }) => seq > after).slice(0, limit), upTo: this.#rooms.get(roomId)?.state?.seq ?? 0 };
  }

  async listRooms({ userId, scope }: RoomListQuery): ReturnType<Store['listRooms']> {
    this.#ask('listRooms');
    const views = [...this.#rooms].flatMap(([roomId, { state }]) => (state ? [roomView(state, this.#members(roomId).get(userId)?.role ?? null)] : []));
    return { rooms: views.filter(({ role, kind }) => (scope === 'mine' ? role !== null : kind === 'public')), next: null };
  }

  async members({ roomId }: MembersQuery): ReturnType<Store['members']> {
    this.#ask('members');
    return { members: [...this.#members(roomId).values()], next: null };
  }

  async createUser(user: UserView): Promise<void> {
    this.#ask('createUser');
    this.users.set(user.id, user);
  }

  async findUsers(ids: readonly UserId[]): Promise<UserView[]> {
    this.#ask('findUsers');
    return ids.flatMap((id) => this.users.get(id) ?? []);
  }

  async noteSeen(seen: readonly Seen[]): Promise<void> {
    this.#ask('noteSeen');
    for (const { userId, at } of seen) this.seen.set(userId, Math.max(at, this.seen.get(userId) ?? 0));
  }

  async lastSeen(userIds: readonly UserId[]): Promise<Map<UserId, number>> {
    this.#ask('lastSeen');
    return new Map(userIds.flatMap((userId) => {
      const at = this.seen.get(userId);
      return at === undefined ? [] : [[userId, at]];
    }));
  }

  /** What was told by `reportBroken`, in order. */
  readonly broken: { roomId: RoomId; lost: readonly RoomEvent[] }[] = [];

  async reportBroken(roomId: RoomId, lost: readonly RoomEvent[]): Promise<void> {
    this.broken.push({ roomId, lost });
  }

  async close(): Promise<void> {}

  #ask(query: string): void {
    this.asked[query] = (this.asked[query] ?? 0) + 1;
    if (!this.up) throw new StoreUnavailable('the store is down');
  }

  #fold(taken: Taken, entry: LogEntry): void {
    if (entry.position <= taken.position) return;
    for (const event of entry.events) {
      taken.state = evolve(taken.state, event);
      taken.events.push(event);
    }
    taken.position = entry.position;
  }

  #mark(taken: Taken, { epoch, seq, lastId }: RoomState): Omit<Watermark, 'state'> {
    return { logId: this.#log.id, epoch, seq, lastId, position: taken.position };
  }

  #events(roomId: RoomId): RoomEvent[] {
    return this.#rooms.get(roomId)?.events ?? [];
  }

  #members(roomId: RoomId) {
    const members = new Map<UserId, { userId: UserId; name: string; role: 'owner' | 'moderator' | 'member' }>();
    for (const event of this.#events(roomId)) {
      if (event.type === 'member.joined') members.set(event.data.userId, event.data);
      if (event.type === 'member.left') members.delete(event.data.userId);
      const changed = event.type === 'member.role_changed' ? members.get(event.data.userId) : undefined;
      if (changed && event.type === 'member.role_changed') members.set(changed.userId, { ...changed, role: event.data.role });
    }
    return members;
  }
}

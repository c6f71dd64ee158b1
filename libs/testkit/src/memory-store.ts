import {
  cmidKey, evolve, messageChange, NOBODY, roomView, standingChange, StoreUnavailable,
  type CmidRecord, type LogEntry, type MessageTarget, type Position, type RoomLog, type RoomState, type Seen, type Standing, type Store, type TargetKeys, type Targets, type Watermark,
} from '@parley/domain';
import { foldMessages, type EventId, type MemberView, type MessageView, type RoomEvent, type RoomId, type UserId, type UserView } from '@parley/protocol';

class Room {
  watermark: Watermark | null = null;
  readonly events: RoomEvent[] = [];
  readonly cmids = new Map<string, CmidRecord>();
  readonly members = new Map<UserId, MemberView>();
  readonly messages = new Map<EventId, MessageView>();
  readonly hiddenBodies = new Map<EventId, string>();
  readonly standings = new Map<UserId, Standing>();
  readonly #targets = new Map<EventId, MessageTarget>();

  take(logId: string, { events, position }: LogEntry): void {
    let state: RoomState | null = this.watermark?.state ?? null;
    for (const event of events) {
      state = evolve(state, event);
      this.events.push(event);
      const key = event.cmid === null ? null : cmidKey(event.by, event.cmid);
      if (key !== null && !this.cmids.has(key)) this.cmids.set(key, { epoch: event.epoch, seq: event.seq, id: event.id });
      if (event.type === 'member.joined') this.members.set(event.data.userId, event.data);
      if (event.type === 'member.left') this.members.delete(event.data.userId);
      if (event.type === 'member.role_changed') this.members.set(event.data.userId, { ...this.members.get(event.data.userId)!, role: event.data.role });
      const standing = standingChange(event);
      if (standing) this.standings.set(standing.userId, { ...(this.standings.get(standing.userId) ?? NOBODY), ...standing.change });
      const message = messageChange(event);
      if (message) this.#targets.set(message.id, { ...this.#targets.get(message.id)!, ...message.change });
    }
    foldMessages(this.messages, events, this.hiddenBodies);
    const { epoch, seq, id } = events.at(-1)!;
    this.watermark = { logId, epoch, seq, position, lastId: id, state: state! };
  }

  targets({ members, messages }: TargetKeys): Targets {
    return { members: new Map(members.map((id) => [id, this.standings.get(id) ?? NOBODY])), messages: new Map(messages.map((id) => [id, this.#targets.get(id) ?? null])) };
  }
}

/** A store in memory, and the persistence that takes a log into it, when told to. For tests of what stands on a log and a store. */
export class MemoryStore implements Store {
  /** Set: every query is answered {@link StoreUnavailable}. */
  away = false;
  readonly #rooms = new Map<RoomId, Room>();
  readonly #users = new Map<UserId, UserView>();
  readonly seen = new Map<UserId, number>();

  /** Takes in all that the log has beyond the watermark, over its epochs. */
  async ingest(log: Pick<RoomLog, 'id' | 'read'>, roomId: RoomId): Promise<void> {
    const room = this.#room(roomId);
    const { watermark } = room;
    let epoch = watermark?.epoch ?? 1;
    let from: Position = watermark?.position ?? 0;
    if (watermark && watermark.logId !== log.id) [epoch, from] = [epoch + 1, 0];
    for (;;) {
      const { entries, atEnd } = await log.read({ roomId, epoch }, from);
      for (const entry of entries) if (entry.position > from) room.take(log.id, entry);
      from = entries.at(-1)?.position ?? from;
      if (!atEnd) continue;
      if (room.watermark?.epoch !== epoch || !room.watermark.state.sealed) return;
      [epoch, from] = [epoch + 1, 0];
    }
  }

  /** {@link ingest}, and then trims the log to the watermark's entry. */
  async ingestAndPurge(log: RoomLog, roomId: RoomId): Promise<void> {
    await this.ingest(log, roomId);
    const { watermark } = this.#room(roomId);
    if (watermark) await log.purge({ roomId, epoch: watermark.epoch }, watermark.position);
  }

  /** As if the room had been taken in from another log, which is gone. */
  moveFrom(roomId: RoomId, logId: string): void {
    const room = this.#room(roomId);
    if (room.watermark) room.watermark = { ...room.watermark, logId };
  }

  /** All that was taken in, of each room. */
  histories(): (readonly RoomEvent[])[] {
    return [...this.#rooms.values()].map(({ events }) => events);
  }

  async seed(roomId: RoomId): Promise<Watermark | null> {
    return this.#ask(roomId).watermark;
  }

  async findCmids(roomId: RoomId, keys: Parameters<Store['findCmids']>[1]): Promise<Map<string, CmidRecord>> {
    const { cmids } = this.#ask(roomId);
    const found = new Map<string, CmidRecord>();
    for (const { by, cmid } of keys) {
      const record = cmids.get(cmidKey(by, cmid));
      if (record) found.set(cmidKey(by, cmid), record);
    }
    return found;
  }

  async findTargets(roomId: RoomId, keys: TargetKeys): Promise<Targets> {
    return this.#ask(roomId).targets(keys);
  }

  async history({ roomId, before = Infinity, limit }: Parameters<Store['history']>[0]): ReturnType<Store['history']> {
    const { watermark, messages, hiddenBodies } = this.#ask(roomId);
    const older = [...messages.values()].filter(({ seq }) => seq < before);
    const page = older.slice(-limit);
    return { watermark, messages: page, hiddenBodies: page.flatMap(({ id }) => (hiddenBodies.has(id) ? [[id, hiddenBodies.get(id)!]] : [])), more: older.length > limit };
  }

  async archive(roomId: RoomId, after: number, limit: number): ReturnType<Store['archive']> {
    const { events, watermark } = this.#ask(roomId);
    return { events: events.filter(({ seq }) => seq > after).slice(0, limit), upTo: watermark?.seq ?? 0 };
  }

  async listRooms({ userId, scope, after = '' as RoomId, limit }: Parameters<Store['listRooms']>[0]): ReturnType<Store['listRooms']> {
    this.#assertHere();
    const rooms = [...this.#rooms.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([roomId, { watermark, members }]) => {
      const state = watermark?.state;
      const role = members.get(userId)?.role ?? null;
      return state && roomId > after && (scope === 'mine' ? role !== null : state.kind === 'public') ? [roomView(state, role)] : [];
    });
    return { rooms: rooms.slice(0, limit), next: rooms.length > limit ? rooms[limit - 1]!.id : null };
  }

  async members({ roomId, after = '' as UserId, limit }: Parameters<Store['members']>[0]): ReturnType<Store['members']> {
    const all = [...this.#ask(roomId).members.values()].filter(({ userId }) => userId > after).sort((a, b) => (a.userId < b.userId ? -1 : 1));
    return { members: all.slice(0, limit), next: all.length > limit ? all[limit - 1]!.userId : null };
  }

  async createUser(user: UserView): Promise<void> {
    this.#assertHere();
    if (!this.#users.has(user.id)) this.#users.set(user.id, user);
  }

  async findUsers(ids: readonly UserId[]): Promise<UserView[]> {
    this.#assertHere();
    return ids.flatMap((id) => this.#users.get(id) ?? []);
  }

  async noteSeen(seen: readonly Seen[]): Promise<void> {
    this.#assertHere();
    for (const { userId, at } of seen) this.seen.set(userId, Math.max(at, this.seen.get(userId) ?? 0));
  }

  async lastSeen(userIds: readonly UserId[]): Promise<Map<UserId, number>> {
    this.#assertHere();
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

  #room(roomId: RoomId): Room {
    let room = this.#rooms.get(roomId);
    if (!room) this.#rooms.set(roomId, (room = new Room()));
    return room;
  }

  #ask(roomId: RoomId): Room {
    this.#assertHere();
    return this.#room(roomId);
  }

  #assertHere(): void {
    if (this.away) throw new StoreUnavailable('the store is away');
  }
}

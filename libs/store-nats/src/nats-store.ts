import {
  type ArchivePage, type CmidKey, type CmidRecord, type HistoryPage, type HistoryQuery, type MembersQuery, type RoomListQuery, type Seen, type Store, type TargetKeys,
  type Targets, type Watermark,
} from '@parley/domain';
import type { MemberView, RoomEvent, RoomId, RoomView, UserId, UserView } from '@parley/protocol';
import { Asker, type AskerOptions } from './asker.ts';
import { Coalescer } from './coalescer.ts';
import { QUERIES, type QueryAnswer, type QueryName, type QueryRequest } from './queries.ts';

/** Queries by request and reply, answered by whichever worker is free (`serveStore`). The connection stays the caller's. */
export class NatsStore implements Store {
  readonly #asker: Asker;
  readonly #coalescer = new Coalescer();

  constructor(options: AskerOptions) {
    this.#asker = new Asker(options);
  }

  /** Shared, as `history`: what everyone asks when a gateway starts, or a room is hot. */
  seed(roomId: RoomId): Promise<Watermark | null> {
    return this.#coalescer.ask(`seed:${roomId}`, () => this.#ask('seed', { roomId }));
  }

  async findCmids(roomId: RoomId, keys: readonly CmidKey[]): Promise<Map<string, CmidRecord>> {
    return new Map(await this.#ask('findCmids', { roomId, keys: [...keys] }));
  }

  async findTargets(roomId: RoomId, keys: TargetKeys): Promise<Targets> {
    const { members, messages } = await this.#ask('findTargets', { roomId, ...keys });
    return { members: new Map(members), messages: new Map(messages) };
  }

  history(query: HistoryQuery): Promise<HistoryPage> {
    return this.#coalescer.ask(`history:${query.roomId}:${query.before ?? ''}:${query.limit}`, () => this.#ask('history', query));
  }

  archive(roomId: RoomId, after: number, limit: number): Promise<ArchivePage> {
    return this.#coalescer.ask(`archive:${roomId}:${after}:${limit}`, () => this.#ask('archive', { roomId, after, limit }));
  }

  listRooms(query: RoomListQuery): Promise<{ rooms: RoomView[]; next: RoomId | null }> {
    return this.#ask('listRooms', query);
  }

  members(query: MembersQuery): Promise<{ members: MemberView[]; next: UserId | null }> {
    return this.#ask('members', query);
  }

  async createUser(user: UserView): Promise<void> {
    await this.#ask('createUser', user);
  }

  findUsers(ids: readonly UserId[]): Promise<UserView[]> {
    return this.#ask('findUsers', { ids: [...ids] });
  }

  async noteSeen(seen: readonly Seen[]): Promise<void> {
    await this.#ask('noteSeen', { seen: [...seen] });
  }

  async lastSeen(userIds: readonly UserId[]): Promise<Map<UserId, number>> {
    return new Map(await this.#ask('lastSeen', { userIds: [...userIds] }));
  }

  async reportBroken(roomId: RoomId, lost: readonly RoomEvent[]): Promise<void> {
    await this.#ask('reportBroken', { roomId, lost: [...lost] });
  }

  async close(): Promise<void> {}

  #ask<N extends QueryName>(name: N, request: QueryRequest<N>): Promise<QueryAnswer<N>> {
    return this.#asker.ask(name, request, QUERIES[name].timeoutMs);
  }
}

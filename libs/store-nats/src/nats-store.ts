import {
  StoreUnavailable,
  type ArchivePage, type CmidKey, type CmidRecord, type HistoryPage, type HistoryQuery, type MembersQuery, type RoomListQuery, type Seen, type Store, type TargetKeys,
  type Targets, type Watermark,
} from '@parley/domain';
import { NatsRequestError, regionOf, storeSubject, type Nats, type Region } from '@parley/nats';
import type { MemberView, RoomEvent, RoomId, RoomView, UserId, UserView } from '@parley/protocol';
import { Coalescer } from './coalescer.ts';
import { InTurn } from './in-turn.ts';
import { QUERIES, type QueryAnswer, type QueryName, type QueryRequest, type StoreReply } from './queries.ts';

export type NatsStoreOptions = {
  nats: Nats;
  region: string;
  /** Questions under way at once. Default 128. */
  maxInFlight?: number;
  /** Questions that wait for their turn; one more is unavailable. Default 4 096. */
  maxWaiting?: number;
  /** Instead of each query's own. */
  timeoutMs?: number;
};

/** The answer says that a worker, or this gateway, has a defect: not a matter of trying again soon. */
export class StoreQueryFailed extends Error {
  override readonly name = 'StoreQueryFailed';
}

/** Queries by request and reply, answered by whichever worker is free (`serveStore`). The connection stays the caller's. */
export class NatsStore implements Store {
  readonly #nats: Nats;
  readonly #region: Region;
  readonly #timeoutMs: number | undefined;
  readonly #inTurn: InTurn;
  readonly #coalescer = new Coalescer();

  constructor({ nats, region, timeoutMs, maxInFlight = 128, maxWaiting = 4_096 }: NatsStoreOptions) {
    this.#nats = nats;
    this.#region = regionOf(region);
    this.#timeoutMs = timeoutMs;
    this.#inTurn = new InTurn({ atOnce: maxInFlight, waiting: maxWaiting });
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

  async #ask<N extends QueryName>(name: N, request: QueryRequest<N>): Promise<QueryAnswer<N>> {
    const timeoutMs = this.#timeoutMs ?? QUERIES[name].timeoutMs;
    const asked = this.#inTurn.run(() => this.#nats.request(storeSubject(this.#region, name), JSON.stringify(request), { timeoutMs }));
    if (!asked) throw new StoreUnavailable('too many questions to the store are waiting');
    let reply: StoreReply<QueryAnswer<N>>;
    try {
      reply = (await asked).json();
    } catch (error) {
      if (error instanceof NatsRequestError && error.reason !== 'too_large') throw new StoreUnavailable(`the store did not answer ${name}`, { cause: error });
      throw new StoreQueryFailed(`no answer to ${name}`, { cause: error });
    }
    if (reply.ok) return reply.value;
    if (reply.code === 'unavailable') throw new StoreUnavailable(reply.message);
    throw new StoreQueryFailed(`${name}: ${reply.code}: ${reply.message}`);
  }
}

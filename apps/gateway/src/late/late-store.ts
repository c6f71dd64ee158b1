import { StoreUnavailable, type CmidKey, type HistoryQuery, type MembersQuery, type RoomListQuery, type Seen, type Store, type TargetKeys } from '@parley/domain';
import type { RoomEvent, RoomId, UserId, UserView } from '@parley/protocol';

/** A store that is unavailable until the real one has been reached. */
export class LateStore implements Store {
  #store: Store | null = null;

  /** The store is there from now on. */
  arrive(store: Store): void {
    this.#store = store;
  }

  async seed(roomId: RoomId): ReturnType<Store['seed']> {
    return this.#there().seed(roomId);
  }

  async findCmids(roomId: RoomId, keys: readonly CmidKey[]): ReturnType<Store['findCmids']> {
    return this.#there().findCmids(roomId, keys);
  }

  async findTargets(roomId: RoomId, keys: TargetKeys): ReturnType<Store['findTargets']> {
    return this.#there().findTargets(roomId, keys);
  }

  async history(query: HistoryQuery): ReturnType<Store['history']> {
    return this.#there().history(query);
  }

  async archive(roomId: RoomId, after: number, limit: number): ReturnType<Store['archive']> {
    return this.#there().archive(roomId, after, limit);
  }

  async listRooms(query: RoomListQuery): ReturnType<Store['listRooms']> {
    return this.#there().listRooms(query);
  }

  async members(query: MembersQuery): ReturnType<Store['members']> {
    return this.#there().members(query);
  }

  async createUser(user: UserView): ReturnType<Store['createUser']> {
    return this.#there().createUser(user);
  }

  async findUsers(ids: readonly UserId[]): ReturnType<Store['findUsers']> {
    return this.#there().findUsers(ids);
  }

  async noteSeen(seen: readonly Seen[]): Promise<void> {
    return this.#there().noteSeen(seen);
  }

  async lastSeen(userIds: readonly UserId[]): ReturnType<Store['lastSeen']> {
    return this.#there().lastSeen(userIds);
  }

  async reportBroken(roomId: RoomId, lost: readonly RoomEvent[]): Promise<void> {
    return this.#there().reportBroken(roomId, lost);
  }

  async close(): Promise<void> {
    await this.#store?.close();
  }

  #there(): Store {
    if (!this.#store) throw new StoreUnavailable('the store was not reached yet');
    return this.#store;
  }
}

import {
  StoreUnavailable,
  type ArchivePage, type CmidKey, type CmidRecord, type HistoryPage, type HistoryQuery, type MembersQuery, type RoomListQuery, type Seen, type Store, type TargetKeys,
  type Targets, type Watermark,
} from '@parley/domain';
import { isUnavailable, type Database } from '@parley/postgres';
import type { MemberView, RoomEvent, RoomId, RoomView, UserId, UserView } from '@parley/protocol';
import type { Kysely } from 'kysely';
import { reportBroken } from './report-broken.ts';
import { archive } from './queries/archive.ts';
import { findCmids } from './queries/find-cmids.ts';
import { findTargets } from './queries/find-targets.ts';
import { history } from './queries/history.ts';
import { listRooms } from './queries/list-rooms.ts';
import { members } from './queries/members.ts';
import { seed } from './queries/seed.ts';
import { lastSeen, noteSeen } from './queries/seen.ts';
import { createUser, findUsers } from './queries/users.ts';

export type PostgresStoreOptions = {
  /** Told of every query that could not be answered. */
  onUnavailable?: (error: unknown) => void;
};

/** Queries straight on Postgres. Does not close the database: whoever opened it does. */
export class PostgresStore implements Store {
  readonly #db: Kysely<Database>;
  readonly #onUnavailable: (error: unknown) => void;

  constructor(db: Kysely<Database>, options: PostgresStoreOptions = {}) {
    this.#db = db;
    this.#onUnavailable = options.onUnavailable ?? (() => {});
  }

  seed(roomId: RoomId): Promise<Watermark | null> {
    return this.#answer(seed(this.#db, roomId));
  }

  findCmids(roomId: RoomId, keys: readonly CmidKey[]): Promise<Map<string, CmidRecord>> {
    return this.#answer(findCmids(this.#db, roomId, keys));
  }

  findTargets(roomId: RoomId, keys: TargetKeys): Promise<Targets> {
    return this.#answer(findTargets(this.#db, roomId, keys));
  }

  history(query: HistoryQuery): Promise<HistoryPage> {
    return this.#answer(history(this.#db, query));
  }

  archive(roomId: RoomId, after: number, limit: number): Promise<ArchivePage> {
    return this.#answer(archive(this.#db, roomId, after, limit));
  }

  listRooms(query: RoomListQuery): Promise<{ rooms: RoomView[]; next: RoomId | null }> {
    return this.#answer(listRooms(this.#db, query));
  }

  members(query: MembersQuery): Promise<{ members: MemberView[]; next: UserId | null }> {
    return this.#answer(members(this.#db, query));
  }

  createUser(user: UserView): Promise<void> {
    return this.#answer(createUser(this.#db, user));
  }

  findUsers(ids: readonly UserId[]): Promise<UserView[]> {
    return this.#answer(findUsers(this.#db, ids));
  }

  noteSeen(seen: readonly Seen[]): Promise<void> {
    return this.#answer(noteSeen(this.#db, seen));
  }

  lastSeen(userIds: readonly UserId[]): Promise<Map<UserId, number>> {
    return this.#answer(lastSeen(this.#db, userIds));
  }

  reportBroken(roomId: RoomId, lost: readonly RoomEvent[]): Promise<void> {
    return this.#answer(reportBroken(this.#db, roomId, lost));
  }

  async close(): Promise<void> {}

  async #answer<T>(query: Promise<T>): Promise<T> {
    try {
      return await query;
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      this.#onUnavailable(error);
      throw new StoreUnavailable('Postgres cannot answer at present', { cause: error });
    }
  }
}

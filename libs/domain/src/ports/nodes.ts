import type { RoomId, UserId } from '@parley/protocol';

/** One process of a cluster, as it tells of itself. */
export type NodeStatus = {
  /** As in logs and metrics. */
  name: string;
  app: string;
  version: string;
  region: string;
  pid: number;
  /** Milliseconds since 1970. */
  startedAt: number;
  leaving: boolean;
  /** What it lacks, with why; empty when ready. */
  failing: Record<string, string>;
  /** What it has in hand: sockets, users and rooms of a gateway, shards of a worker. */
  counts: Record<string, number>;
};

export type SocketReport = {
  id: string;
  userId: UserId;
  userName: string;
  transport: string;
  /** Milliseconds since 1970. */
  since: number;
  /** Of the client, as far as a proxy tells. */
  address: string;
  rooms: number;
  /** Some of them. */
  roomIds: RoomId[];
  /** What waits to be sent to it. */
  bufferedBytes: number;
};

/** A room with listeners at one gateway. */
export type ListenedRoom = { roomId: RoomId; epoch: number; /** The highest head known. */ seq: number; /** False: it is silent, as it may be behind. */ live: boolean; listeners: number };

/** Ascending by the items' ids, above `after`. */
export type NodePageQuery = { after?: string | undefined; limit: number };
export type NodePage<T> = { items: T[]; /** Where to go on after; `null` at the end. */ next: string | null };

/** What a process tells operators of itself, and does for them. Answers from memory, at once. */
export interface NodeReport {
  status(): NodeStatus;
  /** Of one user, by id or name, if asked so. */
  sockets(query: NodePageQuery & { user?: string | undefined }): NodePage<SocketReport>;
  rooms(query: NodePageQuery): NodePage<ListenedRoom>;
  /** Begins to leave, as on SIGTERM. */
  drain(): void;
}

import { createHash } from 'node:crypto';

/** The name of every advisory lock. Locks of one database, whoever takes them. */
export const LOCKS = {
  migrate: 'parley/migrate',
  /** Held by a standalone as long as it runs; taken for a moment by a cluster that claims the database. */
  logHome: 'parley/log-home',
  /** One Postgres log of one process, over all connections it has had. */
  logInstance: (id: string) => `parley/log-instance/${id}`,
  /** Shared by all workers of a database: whoever counts them knows its part of the shards. */
  worker: 'parley/worker',
  /** Who takes a shard's log into the store. */
  shard: (shard: string) => `parley/shard/${shard}`,
  /** Held for the moment in which an act on the server is stored. */
  serverActs: 'parley/server-acts',
  /** Who delivers to a consumer of the Postgres log. */
  consumer: (name: string, shard: string) => `parley/consumer/${name}/${shard}`,
} as const;

/** Postgres knows an advisory lock by a signed 64-bit number. */
export const advisoryKey = (name: string): string => createHash('sha256').update(name).digest().readBigInt64BE(0).toString();

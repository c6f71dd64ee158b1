import type { DeadLetters, ModerationStore, RoomLog, Store } from '@parley/domain';
import { connectNats, jetStreamCall, JS_API, logSubjectsOfRegion, regionOf, type Nats, type Region } from '@parley/nats';
import { NodeDirectory } from '@parley/nodes-nats';
import { openDatabase, POSTGRES_LOG_PREFIX, type DatabaseHandle } from '@parley/postgres';
import { NatsDeadLetters, NatsRoomLog } from '@parley/room-log-nats';
import { PostgresDeadLetters } from '@parley/room-log-postgres';
import { NatsModerationStore, NatsStore } from '@parley/store-nats';
import { PostgresModerationStore, PostgresStore } from '@parley/store-postgres';
import { EXIT, OpsError } from '../exit-codes.ts';
import { findPlace, type OpsConfig, type Place } from './place.ts';

/** A big room's rebuild is one statement after the other, each as long as it takes. */
const STATEMENT_MS = 10 * 60_000;
const CONNECT_MS = 5_000;
const REQUEST_MS = 5_000;
const CONNECTIONS = 3;

/** What is looked at, each part opened when it is first needed. */
export class Target {
  readonly #config: OpsConfig;
  readonly #closers: (() => Promise<void>)[] = [];
  readonly #opened = new Map<string, Promise<unknown>>();

  constructor(config: OpsConfig) {
    this.#config = config;
  }

  get region(): Region {
    return regionOf(this.#config.region);
  }

  place(): Promise<Place> {
    return this.#once('place', () => findPlace(this.#config), (place) => place.close());
  }

  /** The processes of a cluster. Throws where there is none. */
  async nodes(): Promise<NodeDirectory> {
    return new NodeDirectory({ nats: await this.#nats(), region: this.region });
  }

  database(): Promise<DatabaseHandle> {
    return this.#once('database', async () => {
      const { databaseUrl } = await this.place();
      if (databaseUrl === null) throw new OpsError(EXIT.config, 'this needs DATABASE_URL');
      return openDatabase({ url: databaseUrl, poolSize: CONNECTIONS, statementTimeoutMs: STATEMENT_MS, connectTimeoutMs: CONNECT_MS, applicationName: 'parley-ops' });
    }, (database) => database.close());
  }

  /** The log of a cluster; `archive`: it is a standalone's, and stands in the database. */
  log(): Promise<RoomLog | 'archive'> {
    return this.#once('log', async () => {
      if (await this.#isStandalone()) return 'archive';
      return NatsRoomLog.connect({ nats: await this.#natsWithLog(), region: this.region });
    }, async (log) => { if (log !== 'archive') await log.close(); });
  }

  deadLetters(): Promise<DeadLetters> {
    return this.#once('dead letters', async () => {
      if (await this.#isStandalone()) return new PostgresDeadLetters(await this.database());
      return NatsDeadLetters.connect({ nats: await this.#natsWithLog(), region: this.region });
    });
  }

  /** Straight from Postgres if it is known, else as a gateway asks for it. */
  async store(): Promise<Store> {
    const { databaseUrl } = await this.place();
    if (databaseUrl !== null) return new PostgresStore((await this.database()).db);
    return new NatsStore({ nats: await this.#nats(), region: this.region });
  }

  /** As {@link store}. */
  moderation(): Promise<ModerationStore> {
    return this.#once('moderation', async () => {
      const { databaseUrl } = await this.place();
      if (databaseUrl !== null) return new PostgresModerationStore(await this.database());
      return new NatsModerationStore({ nats: await this.#nats(), region: this.region });
    }, (moderation) => moderation.close());
  }

  async hasNodes(): Promise<boolean> {
    return (await this.place()).natsUrl !== null;
  }

  async close(): Promise<void> {
    for (const close of this.#closers.toReversed()) await close().catch(() => undefined);
  }

  #nats(): Promise<Nats> {
    return this.#once('nats', async () => {
      const { natsUrl, isAtRest, name } = await this.place();
      if (natsUrl === null) {
        throw new OpsError(EXIT.config, isAtRest ? `nothing runs on ${name}` : 'this is of a cluster, and needs NATS_URL: a standalone is one process, whose /readyz and /metrics tell of it');
      }
      try {
        return await connectNats({ servers: natsUrl, name: 'parley-ops', connectTimeoutMs: CONNECT_MS });
      } catch (cause) {
        throw new OpsError(EXIT.unavailable, 'NATS cannot be reached', { cause });
      }
    }, (nats) => nats.close());
  }

  /** So that a wrong address is noticed, and no log is made there. */
  async #natsWithLog(): Promise<Nats> {
    const nats = await this.#nats();
    const { streams } = await jetStreamCall<{ streams: string[] | null }>(nats, JS_API.streamNames(), { subject: logSubjectsOfRegion(this.region) }, REQUEST_MS);
    if (!streams?.length) throw new OpsError(EXIT.config, `this NATS has no log of the region ${this.region}`);
    return nats;
  }

  async #isStandalone(): Promise<boolean> {
    if ((await this.place()).natsUrl !== null) return false;
    const home = await (await this.database()).db.selectFrom('log_home').select('log_id').executeTakeFirst();
    if (home && !home.log_id.startsWith(POSTGRES_LOG_PREFIX)) throw new OpsError(EXIT.config, 'the rooms of this database live in a cluster, which has to run: set NATS_URL too');
    return true;
  }

  #once<T>(name: string, open: () => Promise<T>, close?: (opened: T) => Promise<void>): Promise<T> {
    const known = this.#opened.get(name) as Promise<T> | undefined;
    if (known) return known;
    const opening = open().then((opened) => {
      if (close) this.#closers.push(() => close(opened));
      return opened;
    });
    this.#opened.set(name, opening);
    return opening;
  }
}

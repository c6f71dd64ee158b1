import { StoreUnavailable, type Store } from '@parley/domain';
import { KeptService, regionOf, STORE_SERVICE, storeSubject, type Nats, type ServiceMsg } from '@parley/nats';
import type { z } from 'zod';
import { InTurn } from './in-turn.ts';
import { QUERIES, type QueryName, type StoreErrorCode, type StoreReply } from './queries.ts';

export type ServeStoreOptions = {
  nats: Nats;
  store: Store;
  region: string;
  /** Of the code that answers, as `$SRV.PING` shows it: a semantic version. */
  version: string;
  /** Which process this is, as `$SRV.PING` shows it. */
  node: string;
  /** Queries under way at once, of all kinds; about what Postgres has connections for. Default 16. */
  maxInFlight?: number;
  /** Queries that wait for their turn; one more is answered `unavailable`. Default 1 024. */
  maxWaiting?: number;
  /** Told of defects and of a service that had to be started anew. */
  onError: (error: unknown) => void;
};

export type StoreService = {
  /** Whether `$SRV.PING` finds it and queries reach it. */
  readonly serving: boolean;
  /** Takes no more; resolves once what was taken is answered. */
  close(): Promise<void>;
};

const names = Object.keys(QUERIES) as QueryName[];

/** As NATS' service tools understand it: the code beside the reply. */
const STATUS: Record<StoreErrorCode, number> = { unavailable: 503, bad_request: 400, internal: 500 };

/** Answers the store's queries; NATS finds all who do and gives each query to one of them. */
export const serveStore = async (options: ServeStoreOptions): Promise<StoreService> => {
  const server = new StoreServer(options);
  await server.start();
  return server;
};

class StoreServer implements StoreService {
  readonly #options: ServeStoreOptions;
  readonly #inTurn: InTurn;
  readonly #answering = new Set<Promise<void>>();
  #service: KeptService | null = null;

  constructor(options: ServeStoreOptions) {
    this.#options = options;
    this.#inTurn = new InTurn({ atOnce: options.maxInFlight ?? 16, waiting: options.maxWaiting ?? 1_024 });
  }

  get serving(): boolean {
    return this.#service?.serving ?? false;
  }

  async start(): Promise<void> {
    const { nats, version, node, onError } = this.#options;
    const region = regionOf(this.#options.region);
    this.#service = await KeptService.start({
      nats, name: STORE_SERVICE, version, description: 'Queries of the archive, the projections and the users', metadata: { region, node }, onError,
      endpoints: names.map((name) => ({ name, subject: storeSubject(region, name), handle: (message) => this.#take(name, message) })),
    });
  }

  async close(): Promise<void> {
    await this.#service?.stop();
    await Promise.allSettled(this.#answering);
  }

  #take(name: QueryName, message: ServiceMsg): void {
    const answering = this.#answer(name, message).finally(() => this.#answering.delete(answering));
    this.#answering.add(answering);
  }

  async #answer(name: QueryName, message: ServiceMsg): Promise<void> {
    const answered = this.#inTurn.run(() => this.#query(name, message));
    const reply: StoreReply<unknown> = answered ? await answered : { ok: false, code: 'unavailable', message: 'the store has too much in hand' };
    try {
      respond(message, reply);
    } catch (error) {
      this.#options.onError(error);
      // Over the server's limit. On a connection that was closed, whoever asked gives up by himself.
      if (!this.#options.nats.nc.isClosed()) respond(message, { ok: false, code: 'internal', message: 'the answer is too large' });
    }
  }

  async #query(name: QueryName, message: ServiceMsg): Promise<StoreReply<unknown>> {
    try {
      const { request, answer } = QUERIES[name] as { request: z.ZodType; answer: (store: Store, request: unknown) => Promise<unknown> };
      const parsed = request.safeParse(jsonOf(message));
      if (!parsed.success) return { ok: false, code: 'bad_request', message: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ') };
      return { ok: true, value: await answer(this.#options.store, parsed.data) };
    } catch (error) {
      if (error instanceof StoreUnavailable) return { ok: false, code: 'unavailable', message: error.message };
      this.#options.onError(error);
      return { ok: false, code: 'internal', message: 'a defect of the store' };
    }
  }
}

const respond = (message: ServiceMsg, reply: StoreReply<unknown>): void => {
  const payload = JSON.stringify(reply);
  if (reply.ok) message.respond(payload);
  else message.respondError(STATUS[reply.code], reply.code, payload);
};

/** `undefined`, which no schema takes, for what is no JSON. */
const jsonOf = (message: ServiceMsg): unknown => {
  try {
    return message.json();
  } catch {
    return undefined;
  }
};

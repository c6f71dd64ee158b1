import { StoreUnavailable, type ModerationStore, type Store, type Unwatch } from '@parley/domain';
import { actsHintSubject, KeptService, regionOf, STORE_SERVICE, storeSubject, type Nats, type ServiceMsg } from '@parley/nats';
import type { z } from 'zod';
import { InTurn } from './in-turn.ts';
import { MODERATION_CALL_NAMES, MODERATION_CALLS } from './moderation/index.ts';
import { QUERIES, type QueryName } from './queries.ts';
import type { StoreErrorCode, StoreReply } from './query.ts';

export type ServeStoreOptions = {
  nats: Nats;
  store: Store;
  /** Left out: none is served. */
  moderation?: ModerationStore;
  region: string;
  /** Of the code that answers, as `$SRV.PING` shows it: a semantic version. */
  version: string;
  /** Which process this is, as `$SRV.PING` shows it. */
  node: string;
  /** Queries of the store under way at once, of all kinds; about what Postgres has connections for. Default 16. */
  maxInFlight?: number;
  /** Of moderation, apart from those: nobody is banned later because everybody reads. Default 4. */
  maxModerationInFlight?: number;
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

/** What is served at one subject. */
type Endpoint = { name: string; request: z.ZodType; answer: (request: unknown) => Promise<unknown>; inTurn: InTurn };

/** As NATS' service tools understand it: the code beside the reply. */
const STATUS: Record<StoreErrorCode, number> = { unavailable: 503, bad_request: 400, internal: 500 };

/** Answers the stores' queries, and tells of acts on the server; NATS finds all who do and gives each query to one of them. */
export const serveStore = async (options: ServeStoreOptions): Promise<StoreService> => {
  const server = new StoreServer(options);
  await server.start();
  return server;
};

const endpointsOf = ({ store, moderation, maxInFlight = 16, maxModerationInFlight = 4, maxWaiting: waiting = 1_024 }: ServeStoreOptions): Endpoint[] => {
  const reading = new InTurn({ atOnce: maxInFlight, waiting });
  const endpoints = (Object.keys(QUERIES) as QueryName[]).map((name): Endpoint => {
    const { request, answer } = QUERIES[name] as { request: z.ZodType; answer: (of: Store, request: unknown) => Promise<unknown> };
    return { name, request, inTurn: reading, answer: (asked) => answer(store, asked) };
  });
  if (!moderation) return endpoints;
  const moderating = new InTurn({ atOnce: maxModerationInFlight, waiting });
  return [...endpoints, ...MODERATION_CALL_NAMES.map((name): Endpoint => ({
    name, request: MODERATION_CALLS[name].request, inTurn: moderating,
    answer: (asked) => (moderation[name] as (...args: unknown[]) => Promise<unknown>).apply(moderation, asked as unknown[]),
  }))];
};

class StoreServer implements StoreService {
  readonly #options: ServeStoreOptions;
  readonly #answering = new Set<Promise<void>>();
  #service: KeptService | null = null;
  #unwatch: Unwatch = () => {};

  constructor(options: ServeStoreOptions) {
    this.#options = options;
  }

  get serving(): boolean {
    return this.#service?.serving ?? false;
  }

  async start(): Promise<void> {
    const { nats, version, node, onError, moderation } = this.#options;
    const region = regionOf(this.#options.region);
    this.#service = await KeptService.start({
      nats, name: STORE_SERVICE, version, description: 'Queries of the archive, the projections, the users and moderation', metadata: { region, node }, onError,
      endpoints: endpointsOf(this.#options).map((endpoint) => ({ name: endpoint.name, subject: storeSubject(region, endpoint.name), handle: (message) => this.#take(endpoint, message) })),
    });
    // The library would keep what is published meanwhile, and it would come too late to be of use.
    this.#unwatch = moderation?.watchActs(() => { if (nats.connected) nats.nc.publish(actsHintSubject(region)); }) ?? this.#unwatch;
  }

  async close(): Promise<void> {
    this.#unwatch();
    await this.#service?.stop();
    await Promise.allSettled(this.#answering);
  }

  #take(endpoint: Endpoint, message: ServiceMsg): void {
    const answering = this.#answer(endpoint, message).finally(() => this.#answering.delete(answering));
    this.#answering.add(answering);
  }

  async #answer(endpoint: Endpoint, message: ServiceMsg): Promise<void> {
    const answered = endpoint.inTurn.run(() => this.#query(endpoint, message));
    const reply: StoreReply<unknown> = answered ? await answered : { ok: false, code: 'unavailable', message: 'the store has too much in hand' };
    try {
      respond(message, reply);
    } catch (error) {
      this.#options.onError(error);
      // Over the server's limit. On a connection that was closed, whoever asked gives up by himself.
      if (!this.#options.nats.nc.isClosed()) respond(message, { ok: false, code: 'internal', message: 'the answer is too large' });
    }
  }

  async #query({ request, answer }: Endpoint, message: ServiceMsg): Promise<StoreReply<unknown>> {
    try {
      const parsed = request.safeParse(jsonOf(message));
      if (!parsed.success) return { ok: false, code: 'bad_request', message: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ') };
      return { ok: true, value: await answer(parsed.data) };
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

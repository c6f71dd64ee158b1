import { setTimeout as sleep } from 'node:timers/promises';
import { Svcm, type Service, type ServiceMsg } from '@nats-io/services';
import type { Nats } from './connect.ts';

export type { ServiceMsg } from '@nats-io/services';

export type KeptServiceOptions = {
  nats: Nats;
  /** All as `$SRV.PING` and `$SRV.INFO` show it; `version` is a semantic one. */
  name: string;
  version: string;
  description: string;
  metadata: Record<string, string>;
  endpoints: readonly { name: string; subject: string; /** Must not throw. */ handle: (message: ServiceMsg) => void }[];
  /** Told of a service that had to be started anew. */
  onError: (error: unknown) => void;
};

const RESTART_MS = 500;

/** A NATS service that is started again when it ends: the library ends it when one of its subscriptions fails. */
export class KeptService {
  readonly #options: KeptServiceOptions;
  #service: Service | null = null;
  #stopped = false;

  private constructor(options: KeptServiceOptions) {
    this.#options = options;
  }

  static async start(options: KeptServiceOptions): Promise<KeptService> {
    const kept = new KeptService(options);
    await kept.#start();
    return kept;
  }

  /** Whether `$SRV.PING` finds it and requests reach it. */
  get serving(): boolean {
    return this.#options.nats.connected && this.#service !== null && !this.#service.isStopped;
  }

  /** Takes no more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (!this.#options.nats.nc.isClosed()) await this.#service?.stop();
  }

  async #start(): Promise<void> {
    const { nats, name, version, description, metadata, endpoints, onError } = this.#options;
    const service = await new Svcm(nats.nc).add({ name, version, description, metadata });
    for (const endpoint of endpoints) {
      service.addEndpoint(endpoint.name, {
        subject: endpoint.subject,
        handler: (error, message) => {
          if (error) return onError(error);
          endpoint.handle(message);
        },
      });
    }
    this.#service = service;
    void this.#startAgain(service.stopped);
  }

  async #startAgain(stopped: Service['stopped']): Promise<void> {
    const error = await stopped;
    const { nats, name, onError } = this.#options;
    const isOver = (): boolean => this.#stopped || nats.nc.isClosed();
    if (isOver()) return;
    onError(error ?? new Error(`the service ${name} ended`));
    while (!isOver()) {
      await sleep(RESTART_MS);
      try {
        return await this.#start();
      } catch (failure) {
        onError(failure);
      }
    }
  }
}

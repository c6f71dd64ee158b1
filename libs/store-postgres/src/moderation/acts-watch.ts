import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseSession, type DatabaseHandle } from '@parley/postgres';
import { ACTS_CHANNEL } from './server-acts.ts';

/** Between two tries to listen again. */
const RETRY_MS = 1_000;

/** Listens to what Postgres says of new acts, on a connection of its own, for as long as anybody here does. */
export class ActsWatch {
  readonly #database: DatabaseHandle;
  readonly #onError: (error: unknown) => void;
  readonly #listeners = new Set<() => void>();
  #stop: AbortController | null = null;
  #listening: Promise<void> = Promise.resolve();

  constructor(database: DatabaseHandle, onError: (error: unknown) => void) {
    this.#database = database;
    this.#onError = onError;
  }

  watch(listener: () => void): () => void {
    const own = (): void => listener();
    this.#listeners.add(own);
    if (!this.#stop) {
      this.#stop = new AbortController();
      const { signal } = this.#stop;
      this.#listening = this.#listening.then(() => this.#listen(signal));
    }
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size === 0) this.#end();
    };
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    this.#end();
    await this.#listening;
  }

  #end(): void {
    this.#stop?.abort();
    this.#stop = null;
  }

  async #listen(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let session: DatabaseSession | null = null;
      try {
        session = await DatabaseSession.open(this.#database);
        session.client.on('notification', ({ channel }) => { if (channel === ACTS_CHANNEL) this.#tell(); });
        await session.client.query(`listen ${ACTS_CHANNEL}`);
        // What was said before is lost.
        this.#tell();
        await lostOrAborted(session, signal);
      } catch (error) {
        this.#onError(error);
      }
      await session?.close();
      await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
    }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

const lostOrAborted = (session: DatabaseSession, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    session.onLost(resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (session.lost || signal.aborted) resolve();
  });

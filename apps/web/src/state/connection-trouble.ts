import type { ConnectionStatus } from '@parley/chat-client';
import { Store } from './store.ts';

/** A connection that is back sooner than this is not worth a word, ms. */
const PATIENCE_MS = 800;

/** What to tell of the connection: `null` while it is well, or not away for long. */
export type Trouble = 'connecting' | 'reconnecting' | null;

export class ConnectionTrouble {
  readonly store = new Store<Trouble>(null);
  #wasOnline = false;
  #timer: ReturnType<typeof setTimeout> | null = null;

  told(status: ConnectionStatus): void {
    if (status === 'online') {
      this.#wasOnline = true;
      this.stop();
      this.store.set(null);
    } else {
      this.#timer ??= setTimeout(() => this.store.set(this.#wasOnline ? 'reconnecting' : 'connecting'), PATIENCE_MS);
    }
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

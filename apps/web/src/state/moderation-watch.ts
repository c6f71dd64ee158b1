import type { ChatClient } from '@parley/chat-client';
import { LIMITS } from '@parley/protocol';
import { Store } from './store.ts';

export type ModerationState = {
  /** Whether the user is an admin of the server, as far as is known. */
  admin: boolean;
  /** Cases that wait, up to a page of them. */
  waiting: number;
};

/** The queue is counted no more often than this, ms. */
const COUNT_MS = 3_000;

/** Whether one moderates anything, and how much waits. */
export class ModerationWatch {
  readonly state: Store<ModerationState>;
  readonly #client: ChatClient;
  /** Whether one moderates a room. */
  readonly #moderates: () => boolean;
  #asked = false;
  #counted = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(client: ChatClient, admin: boolean, moderates: () => boolean) {
    this.#client = client;
    this.#moderates = moderates;
    this.state = new Store<ModerationState>({ admin, waiting: 0 });
  }

  /** The rooms are known. Who is an admin is asked once: nobody but admins may read the audit log of everything. */
  async roomsKnown(): Promise<void> {
    if (!this.#asked && !this.state.get().admin) {
      this.#asked = true;
      try {
        await this.#client.moderation.audit({ limit: 1 });
        this.state.set({ ...this.state.get(), admin: true });
      } catch {
        // Not one, or not to be known now: what one may do, the server decides.
      }
    }
    if (!this.#counted) await this.#count();
  }

  /** Something in the queue has changed. */
  changed(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#count();
    }, COUNT_MS * Math.random());
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  async #count(): Promise<void> {
    if (!this.state.get().admin && !this.#moderates()) return;
    try {
      const { cases } = await this.#client.moderation.cases({ status: 'open', limit: LIMITS.casesPage });
      this.#counted = true;
      this.state.set({ ...this.state.get(), waiting: cases.length });
    } catch {
      // Shown without a number; the next change asks again.
    }
  }
}

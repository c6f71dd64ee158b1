import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { DatabaseHandle } from './database.ts';
import type { Database } from './schema.ts';
import { DatabaseSession } from './session.ts';

export type SessionLockOptions = {
  /** How long to wait for another holder. Default 0: not at all. */
  waitMs?: number;
  /** Between two tries. Default 200. */
  retryMs?: number;
};

/**
 * An advisory lock and the connection that holds it. What must not happen without the lock is done on `db`: a transaction
 * there cannot commit once the connection, and with it the lock, is gone.
 */
export class SessionLock {
  readonly name: string;
  readonly #session: DatabaseSession;

  private constructor(name: string, session: DatabaseSession) {
    this.name = name;
    this.#session = session;
  }

  /** `null`: another session has it. Throws where the server cannot be reached. */
  static async acquire(database: DatabaseHandle, name: string, options: SessionLockOptions = {}): Promise<SessionLock | null> {
    const { waitMs = 0, retryMs = 200 } = options;
    const session = await DatabaseSession.open(database);
    try {
      const deadline = Date.now() + waitMs;
      for (;;) {
        if (await session.tryLock(name)) return new SessionLock(name, session);
        const left = deadline - Date.now();
        if (left <= 0) break;
        await sleep(Math.min(retryMs, left));
      }
    } catch (error) {
      await session.close();
      throw error;
    }
    await session.close();
    return null;
  }

  get db(): Kysely<Database> {
    return this.#session.db;
  }

  /** True once the connection broke: the lock may be another's by now. */
  get lost(): boolean {
    return this.#session.lost;
  }

  /** Called once, when the connection breaks; not on `release`. */
  onLost(listener: () => void): void {
    this.#session.onLost(listener);
  }

  async release(): Promise<void> {
    await this.#session.close();
  }
}

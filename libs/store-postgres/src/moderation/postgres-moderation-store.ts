import { ModerationByParts, StoreUnavailable, type ModerationAnswers, type Unwatch } from '@parley/domain';
import { isUnavailable, type DatabaseHandle } from '@parley/postgres';
import type { PostgresStoreOptions } from '../postgres-store.ts';
import { ActsWatch } from './acts-watch.ts';
import { audit } from './audit.ts';
import { reportsOn } from './reports.ts';
import { roomSanctionsOn } from './room-sanctions.ts';
import { ruleBookOn } from './rules.ts';
import { serverActsOn } from './server-acts.ts';

/** Straight on Postgres, with a connection of its own where acts are watched. Does not close the database: whoever opened it does. */
export class PostgresModerationStore extends ModerationByParts {
  readonly #parts: ModerationAnswers;
  readonly #acts: ActsWatch;
  readonly #onUnavailable: (error: unknown) => void;

  constructor(database: DatabaseHandle, options: PostgresStoreOptions = {}) {
    super();
    const { db } = database;
    this.#onUnavailable = options.onUnavailable ?? (() => {});
    this.#parts = { ...serverActsOn(db), ...reportsOn(db), audit: (query) => audit(db, query), ...ruleBookOn(db), ...roomSanctionsOn(db) };
    this.#acts = new ActsWatch(database, this.#onUnavailable);
  }

  watchActs(listener: () => void): Unwatch {
    return this.#acts.watch(listener);
  }

  close(): Promise<void> {
    return this.#acts.close();
  }

  protected async ask<T>(question: (parts: ModerationAnswers) => Promise<T>): Promise<T> {
    try {
      return await question(this.#parts);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      this.#onUnavailable(error);
      throw new StoreUnavailable('Postgres cannot answer at present', { cause: error });
    }
  }
}

import type { ModerationStore } from './moderation.ts';
import type { Unwatch } from './room-log.ts';

/** What a moderation store answers, apart from what it tells by itself. */
export type ModerationAnswers = Omit<ModerationStore, 'watchActs' | 'close'>;

/** A moderation store over another, or over parts that together make one: every question goes through `ask`. */
export abstract class ModerationByParts implements ModerationStore {
  protected abstract ask<T>(question: (parts: ModerationAnswers) => Promise<T>): Promise<T>;
  abstract watchActs(listener: () => void): Unwatch;
  abstract close(): Promise<void>;

  act(...args: Parameters<ModerationStore['act']>): ReturnType<ModerationStore['act']> {
    return this.ask((parts) => parts.act(...args));
  }

  actsAfter(...args: Parameters<ModerationStore['actsAfter']>): ReturnType<ModerationStore['actsAfter']> {
    return this.ask((parts) => parts.actsAfter(...args));
  }

  inForce(...args: Parameters<ModerationStore['inForce']>): ReturnType<ModerationStore['inForce']> {
    return this.ask((parts) => parts.inForce(...args));
  }

  report(...args: Parameters<ModerationStore['report']>): ReturnType<ModerationStore['report']> {
    return this.ask((parts) => parts.report(...args));
  }

  cases(...args: Parameters<ModerationStore['cases']>): ReturnType<ModerationStore['cases']> {
    return this.ask((parts) => parts.cases(...args));
  }

  caseOf(...args: Parameters<ModerationStore['caseOf']>): ReturnType<ModerationStore['caseOf']> {
    return this.ask((parts) => parts.caseOf(...args));
  }

  caseDetail(...args: Parameters<ModerationStore['caseDetail']>): ReturnType<ModerationStore['caseDetail']> {
    return this.ask((parts) => parts.caseDetail(...args));
  }

  claim(...args: Parameters<ModerationStore['claim']>): ReturnType<ModerationStore['claim']> {
    return this.ask((parts) => parts.claim(...args));
  }

  release(...args: Parameters<ModerationStore['release']>): ReturnType<ModerationStore['release']> {
    return this.ask((parts) => parts.release(...args));
  }

  decide(...args: Parameters<ModerationStore['decide']>): ReturnType<ModerationStore['decide']> {
    return this.ask((parts) => parts.decide(...args));
  }

  record(...args: Parameters<ModerationStore['record']>): ReturnType<ModerationStore['record']> {
    return this.ask((parts) => parts.record(...args));
  }

  audit(...args: Parameters<ModerationStore['audit']>): ReturnType<ModerationStore['audit']> {
    return this.ask((parts) => parts.audit(...args));
  }

  rules(...args: Parameters<ModerationStore['rules']>): ReturnType<ModerationStore['rules']> {
    return this.ask((parts) => parts.rules(...args));
  }

  saveRules(...args: Parameters<ModerationStore['saveRules']>): ReturnType<ModerationStore['saveRules']> {
    return this.ask((parts) => parts.saveRules(...args));
  }

  roomSanctions(...args: Parameters<ModerationStore['roomSanctions']>): ReturnType<ModerationStore['roomSanctions']> {
    return this.ask((parts) => parts.roomSanctions(...args));
  }

  sanctionsAgainst(...args: Parameters<ModerationStore['sanctionsAgainst']>): ReturnType<ModerationStore['sanctionsAgainst']> {
    return this.ask((parts) => parts.sanctionsAgainst(...args));
  }
}

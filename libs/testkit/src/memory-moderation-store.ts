import { ModerationByParts, StoreUnavailable, type ModerationAnswers, type Unwatch } from '@parley/domain';
import { MemoryStore } from './memory-store.ts';
import { MemoryAudit } from './moderation/memory-audit.ts';
import { MemoryReports } from './moderation/memory-reports.ts';
import { MemoryRoomSanctions } from './moderation/memory-room-sanctions.ts';
import { MemoryRuleBook } from './moderation/memory-rule-book.ts';
import { MemoryServerActs } from './moderation/memory-server-acts.ts';

/** A moderation store in memory, for tests of what stands on one. */
export class MemoryModerationStore extends ModerationByParts {
  /** Set: every question is answered `StoreUnavailable`. */
  away = false;
  readonly serverActs = new MemoryServerActs();
  readonly auditLog: MemoryAudit;
  readonly reports: MemoryReports;
  readonly ruleBook = new MemoryRuleBook((act) => this.serverActs.act(act));
  readonly sanctions: MemoryRoomSanctions;
  readonly #parts: ModerationAnswers;

  /** `store`: of the rooms and users it tells of. */
  constructor(store = new MemoryStore()) {
    super();
    const { serverActs, ruleBook } = this;
    const sanctions = (this.sanctions = new MemoryRoomSanctions(() => store.histories()));
    const auditLog = (this.auditLog = new MemoryAudit({ rooms: () => store.histories(), acts: () => serverActs.acts }));
    const reports = (this.reports = new MemoryReports({ store, audit: auditLog, sanctions, acts: () => serverActs.acts }));
    this.#parts = {
      act: (act) => serverActs.act(act), actsAfter: (...args) => serverActs.actsAfter(...args), inForce: (...args) => serverActs.inForce(...args),
      report: (report) => reports.report(report), cases: (query) => reports.cases(query), caseOf: (...args) => reports.caseOf(...args), caseDetail: (...args) => reports.caseDetail(...args),
      claim: (...args) => reports.claim(...args), release: (...args) => reports.release(...args), decide: (...args) => reports.decide(...args), record: (...args) => reports.record(...args),
      audit: (query) => auditLog.audit(query),
      rules: () => ruleBook.rules(), saveRules: (...args) => ruleBook.saveRules(...args),
      roomSanctions: (...args) => sanctions.roomSanctions(...args), sanctionsAgainst: (userId) => sanctions.sanctionsAgainst(userId),
    };
  }

  watchActs(listener: () => void): Unwatch {
    return this.serverActs.watchActs(listener);
  }

  async close(): Promise<void> {}

  protected async ask<T>(question: (parts: ModerationAnswers) => Promise<T>): Promise<T> {
    if (this.away) throw new StoreUnavailable('the store is away');
    return question(this.#parts);
  }
}

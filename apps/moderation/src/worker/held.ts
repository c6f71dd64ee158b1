import type { Delivery, Store } from '@parley/domain';
import type { EventId, RoomEvent, RoomId } from '@parley/protocol';
import { LRUCache } from 'lru-cache';
import type { Checker } from '../checkers/checker.ts';
import { partOfRule, reasonOf, remarkOf, verdictOf, type Thresholds } from '../judge/score.ts';
import { saidIn, type Said } from '../said.ts';
import { heldBy, type Acts } from './acts.ts';
import { Away } from './away.ts';
import { partsOf } from './moderator.ts';
import type { RulesAgainst } from './rules-against.ts';

export type HeldOptions = { store: Pick<Store, 'archive'>; rules: RulesAgainst; checkers: readonly Checker[]; acts: Acts; thresholds: Thresholds; maxAttempts: number };

type Held = { roomId: RoomId; eventId: EventId; seq: number };

const heldIn = (event: RoomEvent): Held[] => {
  const held = event.type === 'message.hidden' && event.by === null ? heldBy(event.cmid) : null;
  return held ? [{ roomId: event.roomId, ...held }] : [];
};

/** Failures remembered, for as many messages. */
const REMEMBERED = 10_000;

/**
 * Messages hidden until a checker says something. That they are held stands in their room's log, and the consumer of it is
 * the queue in which they wait: a worker that dies forgets nothing, and there is no bound on how many may wait.
 */
export class HeldMessages {
  readonly #options: HeldOptions;
  /** How often checkers that do answer failed at one message. */
  readonly #failures = new LRUCache<EventId, number>({ max: REMEMBERED });
  #probing = false;

  constructor(options: HeldOptions) {
    this.#options = options;
  }

  handle = async ({ entry }: Delivery): Promise<void> => {
    await Promise.all(entry.events.flatMap(heldIn).map((held) => this.#alone(() => this.#resolve(held))));
  };

  /** While a checker is away, one at a time tries whether it is back; the others do not even look up what they are about. */
  async #alone(work: () => Promise<void>): Promise<void> {
    if (!this.#options.checkers.some(({ away, config }) => away && config.onAway === 'hold')) return work();
    if (this.#probing) throw new Away('a checker is away');
    this.#probing = true;
    try {
      await work();
    } finally {
      this.#probing = false;
    }
  }

  async #resolve(held: Held): Promise<void> {
    const { checkers, rules, acts, thresholds, maxAttempts } = this.#options;
    const said = await this.#find(held);
    if (!said) return;
    const results = await Promise.all(checkers.map((checker) => checker.ask(said)));
    const missing = results.find((result) => result.kind === 'away' && result.checker.onAway === 'hold');
    if (missing?.kind === 'away') {
      const message = `${missing.checker.name}: ${missing.message}`;
      const isItsOwnFault = missing.why !== 'circuit' && missing.why !== 'queue' && checkers.every(({ away }) => !away);
      const failures = (this.#failures.get(said.eventId) ?? 0) + Number(isItsOwnFault);
      this.#failures.set(said.eventId, failures);
      if (failures < maxAttempts) throw new Away(message);
      // It stays hidden, for people to decide.
      await acts.report(said, `hidden, since it could not be checked: ${message}`);
      throw new Error(message);
    }
    const findings = await rules.counting(said, rules.find(said));
    const parts = [...findings.map((finding) => partOfRule(finding, thresholds)), ...partsOf(results)];
    const verdict = verdictOf(parts, thresholds);
    if (verdict === 'hide') await acts.hide(said, reasonOf(findings));
    else await acts.restore(said);
    if (verdict !== 'nothing') await acts.report(said, remarkOf(parts));
  }

  /** `null`: there is no such text any more. Throws {@link Away} where persistence has yet to take it in. */
  async #find({ roomId, eventId, seq }: Held): Promise<Said | null> {
    const { events, upTo } = await this.#options.store.archive(roomId, seq - 1, 1);
    if (upTo < seq) throw new Away('not archived yet');
    return saidIn({ events }).find((said) => said.eventId === eventId) ?? null;
  }
}

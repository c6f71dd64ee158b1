import type { Finding } from '@parley/content-rules';
import { HELD, type Chance, type Delivery } from '@parley/domain';
import type { UserId } from '@parley/protocol';
import { LRUCache } from 'lru-cache';
import type { Checker, CheckerResult } from '../checkers/checker.ts';
import { partOfChecker, partOfCopies, partOfRecord, partOfRule, reasonOf, remarkOf, verdictOf, type Part, type Thresholds } from '../judge/score.ts';
import type { Similarity } from '../judge/similarity.ts';
import type { ModerationLimits } from '../limits.ts';
import type { ModerationMetrics } from '../moderation-metrics.ts';
import { saidIn, type Said } from '../said.ts';
import type { Acts } from './acts.ts';
import type { Records } from './records.ts';
import type { RulesAgainst } from './rules-against.ts';

export type ModeratorOptions = {
  rules: RulesAgainst;
  similarity: Similarity;
  records: Records;
  checkers: readonly Checker[];
  acts: Acts;
  thresholds: Thresholds;
  similarPoints: number;
  limits: ModerationLimits;
  metrics: ModerationMetrics;
  chance: Chance;
};

const isNotNull = (part: Part | null): part is Part => part !== null;

/** What is known of one text, before and after the checkers were asked. */
type Case = { findings: readonly Finding[]; parts: readonly Part[] };

/** Scores what was said, and acts on it. */
export class Moderator {
  readonly #options: ModeratorOptions;
  readonly #reportedAlike: LRUCache<UserId, true>;

  constructor(options: ModeratorOptions) {
    this.#options = options;
    this.#reportedAlike = new LRUCache({ max: 10_000, ttl: options.limits.similarReportMs });
  }

  /** One entry of a log. What can be told from here alone is acted on first: no checker keeps it waiting. */
  handle = async ({ entry }: Delivery): Promise<void> => {
    const said = saidIn(entry);
    this.#options.metrics.scored(said.length);
    // In the order in which it was said: what is alike is counted at once.
    const { rules, similarity, similarPoints } = this.#options;
    const seen = said.map((each) => ({ each, findings: rules.find(each), copies: partOfCopies(similarity.note(each), similarPoints) }));
    await Promise.all(seen.map(({ each, ...first }) => this.#judge(each, first.findings, first.copies)));
  };

  async #judge(said: Said, found: readonly Finding[], copies: Part | null): Promise<void> {
    const findings = await this.#options.rules.counting(said, found);
    const known: Case = { findings, parts: [...findings.map((finding) => partOfRule(finding, this.#options.thresholds)), copies].filter(isNotNull) };
    const verdict = await this.#act(said, known);
    // What is hidden needs no checker to say so.
    if (verdict === 'hide' || this.#options.checkers.length === 0) return;
    const results = await Promise.all(this.#options.checkers.map((checker) => this.#ask(checker, said)));
    const answers = partsOf(results);
    if (answers.length > 0 && (await this.#act(said, { findings, parts: [...known.parts, ...answers] })) === 'hide') return;
    const waited = results.filter((result) => result.kind === 'away');
    for (const { checker } of waited) if (checker.onAway === 'pass') this.#options.metrics.letThrough(checker.name);
    if (waited.some(({ checker }) => checker.onAway === 'hold')) await this.#options.acts.hold(said, HELD);
  }

  async #act(said: Said, { findings, parts }: Case) {
    const { records, acts, thresholds } = this.#options;
    if (parts.length === 0) return 'nothing';
    // Nobody waits for a record that changes nothing.
    const isCertain = verdictOf(parts, thresholds) === 'hide';
    if (isCertain) await acts.hide(said, reasonOf(findings));
    const record = await records.of(said.userId);
    const all = [...parts, record && partOfRecord(record, parts)].filter(isNotNull);
    const verdict = verdictOf(all, thresholds);
    if (verdict === 'nothing') return verdict;
    if (verdict === 'hide' && !isCertain) await acts.hide(said, reasonOf(findings));
    // A raid is one thing to look at for each who takes part, not a thousand.
    const isAlikeAlone = verdict === 'report' && findings.length === 0 && parts.length === 1;
    if (isAlikeAlone && this.#reportedAlike.has(said.userId)) return verdict;
    await acts.report(said, remarkOf(all));
    if (isAlikeAlone) this.#reportedAlike.set(said.userId, true);
    return verdict;
  }

  async #ask(checker: Checker, said: Said): Promise<CheckerResult> {
    const { chance, metrics } = this.#options;
    const began = chance.now();
    const result = await checker.ask(said);
    metrics.asked(checker.config.name, result.kind === 'answered' ? 'answered' : result.why, (chance.now() - began) / 1_000);
    return result;
  }
}

/** What those that answered say. */
export const partsOf = (results: readonly CheckerResult[]): Part[] =>
  results.flatMap((result) => (result.kind === 'answered' ? [partOfChecker({ ...result.checker, ...result.answer })] : [])).filter(isNotNull);

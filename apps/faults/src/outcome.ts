import type { Verdict, ViolationKind } from '@parley/testkit/checker';
import type { Bound } from './scenario.ts';

/** Of what was measured several times, the slowest. */
export type Recovery = { what: string; boundMs: number; tookMs: number; times: number };

/** What came of one scenario, or of a pair. */
export type Outcome = {
  name: string;
  title: string;
  bound: Bound;
  seed: number;
  result: 'held' | 'failed' | 'skipped';
  /** Why it failed or was skipped. */
  why: string | null;
  recoveries: Recovery[];
  notes: string[];
  durationMs: number;
  sent: number;
  acked: number;
  /** Events that listeners applied, all together. */
  delivered: number;
  lost: number;
  doubled: number;
  reordered: number;
  violations: Verdict['violations'];
};

export const remember = (recoveries: Recovery[], next: Recovery): void => {
  const known = recoveries.find(({ what }) => what === next.what);
  if (!known) return void recoveries.push(next);
  known.times += 1;
  known.tookMs = Math.max(known.tookMs, next.tookMs);
};

const NAMES: Record<ViolationKind, 'lost' | 'doubled' | 'reordered'> = {
  acked_missing: 'lost',
  history_lacks: 'lost',
  log_not_dense: 'lost',
  listener_gap: 'lost',
  listener_behind: 'lost',
  listener_lost_in_reload: 'lost',
  room_unknown: 'lost',
  cmid_doubled: 'doubled',
  id_doubled: 'doubled',
  never_sent: 'doubled',
  listener_repeated: 'doubled',
  ack_disagrees: 'reordered',
  epoch_went_back: 'reordered',
  sender_reordered: 'reordered',
  listener_disagrees: 'reordered',
  history_disagrees: 'reordered',
};

/** The violations in the three words everybody asks for; each is one of them. */
export const inThreeWords = ({ totals }: Verdict): Pick<Outcome, 'lost' | 'doubled' | 'reordered'> => {
  const sums = { lost: 0, doubled: 0, reordered: 0 };
  for (const [kind, total] of Object.entries(totals) as [ViolationKind, number][]) sums[NAMES[kind]] += total;
  return sums;
};

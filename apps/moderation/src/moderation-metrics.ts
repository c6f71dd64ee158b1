import type { Metrics } from '@parley/runtime';

export type Act = 'hide' | 'hold' | 'restore' | 'report';

export type ModerationMetrics = {
  scored(messages: number): void;
  /** Done, and not before. `seconds`: since the message was said. */
  acted(act: Act, seconds: number): void;
  asked(checker: string, outcome: string, seconds: number): void;
  letThrough(checker: string): void;
  settled(again: boolean): void;
  retried(): void;
  deadLettered(): void;
  recordMissed(): void;
};

const ACT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const ASK_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export const createModerationMetrics = (metrics: Metrics): ModerationMetrics => {
  const scored = metrics.counter('moderation_scored_total', 'Messages scored, edits too.');
  const acts = metrics.counter('moderation_acts_total', 'What was done about messages.', ['act']);
  const delay = metrics.histogram('moderation_act_seconds', 'From when a message was said to the act in the log.', ACT_BUCKETS, ['act']);
  const asked = metrics.counter('moderation_checks_total', 'Questions to outside checkers: answered, or why not.', ['checker', 'outcome']);
  const askSeconds = metrics.histogram('moderation_check_seconds', 'One question to an outside checker, with its wait and its retries.', ASK_BUCKETS, ['checker']);
  const passed = metrics.counter('moderation_unchecked_total', 'Messages let through because a checker was away.', ['checker']);
  const settled = metrics.counter('moderation_entries_total', 'Log entries done with.');
  const again = metrics.counter('moderation_redeliveries_total', 'Of them, those that came again.');
  const retried = metrics.counter('moderation_retries_total', 'Entries put off because something was away, or failed.');
  const letters = metrics.counter('moderation_dead_letters_total', 'Entries given up on.');
  const missed = metrics.counter('moderation_records_missed_total', 'Messages scored without the sender’s record, because it could not be had in time.');
  return {
    scored: (messages) => scored.inc(messages),
    acted: (act, seconds) => {
      acts.inc({ act });
      delay.observe({ act }, Math.max(0, seconds));
    },
    asked: (checker, outcome, seconds) => {
      asked.inc({ checker, outcome });
      askSeconds.observe({ checker }, seconds);
    },
    letThrough: (checker) => passed.inc({ checker }),
    settled: (isAgain) => {
      settled.inc();
      if (isAgain) again.inc();
    },
    retried: () => retried.inc(),
    deadLettered: () => letters.inc(),
    recordMissed: () => missed.inc(),
  };
};

import type { Metrics } from '@parley/runtime';

export type Incident = 'hole' | 'fork' | 'invalid' | 'corrupt' | 'poison';

export type PersistenceMetrics = {
  committed(entries: number, events: number, seconds: number): void;
  duplicates(entries: number): void;
  deadLettered(count: number): void;
  incident(incident: Incident): void;
  halted(change: number): void;
  trimmed(rooms: number): void;
  shards(owned: number): void;
};

const COMMIT_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export const createPersistenceMetrics = (metrics: Metrics): PersistenceMetrics => {
  const entries = metrics.counter('persistence_entries_total', 'Log entries taken into the store.');
  const events = metrics.counter('persistence_events_total', 'Events taken into the store.');
  const seconds = metrics.histogram('persistence_commit_seconds', 'One transaction of a batch.', COMMIT_BUCKETS);
  const duplicates = metrics.counter('persistence_duplicates_total', 'Entries delivered again after they were taken in.');
  const letters = metrics.counter('persistence_dead_letters_total', 'Events and entries given up on.');
  const incidents = metrics.counter('persistence_incidents_total', 'Rooms whose log was broken. Each wants an operator to look.', ['kind']);
  const halted = metrics.gauge('persistence_halted_rooms', 'Rooms of the shards of this worker that do not go on.');
  const trimmed = metrics.counter('persistence_trimmed_total', 'Logs trimmed below their watermark.');
  const shards = metrics.gauge('persistence_shards', 'Shards this worker owns.');
  return {
    committed: (entryCount, eventCount, duration) => {
      entries.inc(entryCount);
      events.inc(eventCount);
      seconds.observe(duration);
    },
    duplicates: (count) => duplicates.inc(count),
    deadLettered: (count) => letters.inc(count),
    incident: (kind) => incidents.inc({ kind }),
    halted: (change) => halted.inc(change),
    trimmed: (rooms) => trimmed.inc(rooms),
    shards: (owned) => shards.set(owned),
  };
};

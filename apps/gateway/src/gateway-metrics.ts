import { LATENCY_BUCKETS, type Counter, type Histogram, type Metrics } from '@parley/runtime';
import type { AppenderMetrics } from '@parley/appender';
import type { FeedMetrics } from './feed/room-feed.ts';

export type PresenceMetrics = {
  /** Changes of users in rooms that are watched here. */
  changed(changes: number): void;
  /** Frames handed to sockets. */
  told(frames: number): void;
};

/** Everything a gateway counts, beside what the process counts of itself. */
export type GatewayMetrics = {
  commands: Histogram<'command' | 'outcome'>;
  deliveries: Counter;
  slowReaders: Counter;
  floods: Counter;
  connectionsRefused: Counter<'code'>;
  rateLimited: Counter<'limit'>;
  contentFindings: Counter<'action'>;
  appender: AppenderMetrics;
  feed: FeedMetrics;
  presence: PresenceMetrics;
};

export const createGatewayMetrics = (metrics: Metrics): GatewayMetrics => {
  const appends = metrics.counter('appends_total', 'Entries appended to room logs (batches).');
  const appendedCommands = metrics.counter('appended_commands_total', 'Commands that were appended.');
  const appendedEvents = metrics.counter('appended_events_total', 'Events that were appended.');
  const incidents = metrics.counter('append_incidents_total', 'What went wrong on the write path, conflicts among it.', ['incident']);
  const hints = metrics.counter('hints_lost_total', 'Heads seen whose events no hint had brought in time.');
  const repairs = metrics.counter('feed_repairs_total', 'Times the log was read to deliver what hints had not brought.');
  const failed = metrics.counter('feed_repairs_failed_total', 'Times that reading failed.');
  const presenceChanges = metrics.counter('presence_changes_total', 'Changes of users in rooms that sockets here watch.');
  const presenceFrames = metrics.counter('presence_frames_total', 'Presence packets handed to sockets.');
  return {
    commands: metrics.histogram('command_seconds', 'Commands by name and by outcome (`ok` or the error code), from receipt to answer.', LATENCY_BUCKETS, ['command', 'outcome']),
    deliveries: metrics.counter('deliveries_total', 'Room event packets handed to sockets.'),
    slowReaders: metrics.counter('slow_readers_total', 'Sockets cut off because they did not read.'),
    floods: metrics.counter('floods_total', 'Sockets cut off because too much of what they sent had to be refused, or asked for nothing.'),
    connectionsRefused: metrics.counter('connections_refused_total', 'Connections refused, by error code.', ['code']),
    rateLimited: metrics.counter('rate_limited_total', 'Commands, sign-ins and connections refused by a limit, by its name.', ['limit']),
    contentFindings: metrics.counter('content_findings_total', 'Rules that messages and names were found to be against, by what the rule does about it; moderators are found too.', ['action']),
    appender: {
      appended: (commands, events) => {
        appends.inc();
        appendedCommands.inc(commands);
        appendedEvents.inc(events);
      },
      incident: (incident) => incidents.inc({ incident }),
    },
    feed: { hintLost: () => hints.inc(), repaired: () => repairs.inc(), repairFailed: () => failed.inc() },
    presence: { changed: (changes) => presenceChanges.inc(changes), told: (frames) => presenceFrames.inc(frames) },
  };
};

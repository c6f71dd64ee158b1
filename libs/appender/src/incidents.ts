/** The log does not go on from where the state stands, even when read anew: entries were lost, or two histories exist. */
export class LogForked extends Error {
  override readonly name = 'LogForked';
}

/** So much of the room is not yet in the store that it cannot be held in memory. */
export class WindowFull extends Error {
  override readonly name = 'WindowFull';
}

/** What is counted on the write path. `forked` and `acked_lost` want an operator. */
export type Incident =
  | 'append_conflict'
  | 'append_unknown_outcome'
  | 'append_failed'
  | 'read_failed'
  | 'store_unavailable'
  | 'reseeded'
  | 'forked'
  | 'acked_lost'
  | 'window_full'
  | 'expired'
  | 'refused_busy';

export type AppenderMetrics = {
  /** After each acked append. */
  appended(commands: number, events: number): void;
  incident(incident: Incident, roomId: string): void;
};

export const noMetrics: AppenderMetrics = { appended: () => {}, incident: () => {} };

import type { Nats, Region } from '@parley/nats';

export type NatsRoomLogOptions = {
  nats: Nats;
  region: Region;
  /**
   * Copies of the log, 1, 3 or 5: at least so many. An existing log that has fewer is given more; it is never given fewer.
   * More than one needs nats-server 2.12 and a cluster. Default 1.
   */
  replicas?: number;
  /** What a newly created log may take on disk; over it appends are `full`. Default: what the server allows. */
  maxBytes?: number;
  /** An append without an answer is an `unknown_outcome` after this. Default 5 000. */
  appendTimeoutMs?: number;
  /** Any other request is `unavailable` after this. Default 5 000. */
  requestTimeoutMs?: number;
  /**
   * How often it is asked whether heads would still arrive, and how long that may take. A log that went silent without
   * a word (a frozen server, a cable) is known within their sum. Default 1 000 and 1 500: with what a gateway
   * allows itself on top, a removed user hears nothing after 4.25 s.
   */
  headsProbeMs?: number;
  headsProbeTimeoutMs?: number;
  /** Appends under way at once, of all rooms; one more is `unavailable`. Default 4 096. */
  maxAppends?: number;
  /** Told of what cannot be thrown to anyone: a head that cannot be understood, a log that was created anew. */
  warn?: (message: string, cause?: unknown) => void;
};

export type Settings = Required<NatsRoomLogOptions>;

export const settingsOf = (options: NatsRoomLogOptions): Settings => ({
  replicas: 1, maxBytes: -1, appendTimeoutMs: 5_000, requestTimeoutMs: 5_000, headsProbeMs: 1_000, headsProbeTimeoutMs: 1_500, maxAppends: 4_096,
  warn: () => {}, ...options,
});

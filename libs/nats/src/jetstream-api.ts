import type { Nats } from './connect.ts';
import { NatsRequestError } from './errors.ts';

/**
 * JetStream's API as its servers document it: JSON by request and reply. Used plainly, so that it is certain what is
 * sent, that it is sent once, and that reads go to the stream's leader.
 */
export const JS_API = {
  accountInfo: () => '$JS.API.INFO',
  streamNames: () => '$JS.API.STREAM.NAMES',
  streamCreate: (stream: string) => `$JS.API.STREAM.CREATE.${stream}`,
  streamUpdate: (stream: string) => `$JS.API.STREAM.UPDATE.${stream}`,
  streamInfo: (stream: string) => `$JS.API.STREAM.INFO.${stream}`,
  streamPurge: (stream: string) => `$JS.API.STREAM.PURGE.${stream}`,
  streamDelete: (stream: string) => `$JS.API.STREAM.DELETE.${stream}`,
  streamLeaderStepDown: (stream: string) => `$JS.API.STREAM.LEADER.STEPDOWN.${stream}`,
  messageGet: (stream: string) => `$JS.API.STREAM.MSG.GET.${stream}`,
  messageDelete: (stream: string) => `$JS.API.STREAM.MSG.DELETE.${stream}`,
  consumerCreate: (stream: string, consumer: string, filter: string) => `$JS.API.CONSUMER.CREATE.${stream}.${consumer}.${filter}`,
  consumerDelete: (stream: string, consumer: string) => `$JS.API.CONSUMER.DELETE.${stream}.${consumer}`,
  consumerList: (stream: string) => `$JS.API.CONSUMER.LIST.${stream}`,
  consumerNext: (stream: string, consumer: string) => `$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`,
  /** Told when a stream gets another leader. */
  leaderElected: (stream: string) => `$JS.EVENT.ADVISORY.STREAM.LEADER_ELECTED.${stream}`,
} as const;

/** `err_code` of the server's answers (`server/errors.json` of nats-server). */
export const JS_ERROR = {
  accountResourcesExceeded: 10002,
  noSuitablePeers: 10005,
  consumerNotFound: 10014,
  insufficientResources: 10023,
  messageNotFound: 10037,
  storageResourcesExceeded: 10047,
  messageTooLarge: 10054,
  streamNameInUse: 10058,
  streamNotFound: 10059,
  streamNotMatch: 10060,
  subjectsOverlap: 10065,
  wrongLastSequence: 10071,
  replicasNotSupported: 10074,
  storeFailed: 10077,
  wrongLastSequenceInFlight: 10164,
} as const;

export type JetStreamFailure = { code: number; err_code?: number; description?: string };

export class JetStreamApiError extends Error {
  override readonly name = 'JetStreamApiError';
  readonly errCode: number;

  constructor(subject: string, failure: JetStreamFailure) {
    super(`${subject}: ${failure.description ?? 'refused'} (${failure.err_code ?? failure.code})`);
    this.errCode = failure.err_code ?? failure.code;
  }
}

const FIRST_PATIENCE_MS = 500;

/**
 * One call; safe to repeat, and repeated within `timeoutMs`: while a stream has no leader, what is asked of it is
 * dropped without an answer. Throws {@link JetStreamApiError} for a refusal, `NatsRequestError` where there is no answer.
 */
export const jetStreamCall = async <T>(nats: Nats, subject: string, body: unknown, timeoutMs: number): Promise<T> => {
  const payload = body === undefined ? '' : JSON.stringify(body);
  const parsed = await askAgain(nats, subject, payload, timeoutMs);
  if (parsed.error) throw new JetStreamApiError(subject, parsed.error);
  return parsed as T;
};

const askAgain = async (nats: Nats, subject: string, payload: string, timeoutMs: number): Promise<{ error?: JetStreamFailure }> => {
  const lateAt = performance.now() + timeoutMs;
  for (let patienceMs = FIRST_PATIENCE_MS; ; patienceMs *= 2) {
    const leftMs = lateAt - performance.now();
    try {
      return (await nats.request(subject, payload, { timeoutMs: Math.max(1, Math.min(patienceMs, leftMs)) })).json();
    } catch (error) {
      if (!(error instanceof NatsRequestError) || error.reason !== 'timeout' || leftMs <= patienceMs) throw error;
    }
  }
};

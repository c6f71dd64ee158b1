/**
 * Why a request has no answer.
 * - `not_sent`: it never left this process.
 * - `too_large`: over the server's `max_payload`; it never left.
 * - `no_responders`: the server said that nobody listens there; nobody has got it.
 * - `refused`: the server's permissions forbid it; nobody has got it.
 * - `timeout`, `disconnected`: it may have been received, now or later.
 */
export type NatsRequestFailure = 'not_sent' | 'too_large' | 'no_responders' | 'refused' | 'timeout' | 'disconnected';

export class NatsRequestError extends Error {
  override readonly name = 'NatsRequestError';
  readonly reason: NatsRequestFailure;

  constructor(reason: NatsRequestFailure, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.reason = reason;
  }

  /** Whether the request has certainly reached nobody. */
  get certainlyNotReceived(): boolean {
    return this.reason !== 'timeout' && this.reason !== 'disconnected';
  }
}

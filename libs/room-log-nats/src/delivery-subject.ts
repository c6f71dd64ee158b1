import { RoomLogError, type Position } from '@parley/domain';

/**
 * In a cluster a consumer can be pulled from a little after it was created, when all servers know of it; until then the
 * answer is 503, and nobody has got the request. It is asked again after so long, and so long in all.
 */
export const NO_CONSUMER_YET = { code: 503, againMs: 20, atMostMs: 1_000 } as const;

export type DeliveryInfo = { position: Position; attempt: number };

/**
 * What the subject to which a delivery is acked tells:
 * `$JS.ACK.<stream>.<consumer>.<attempt>.<stream sequence>.<consumer sequence>.<time>.<pending>`, or since 2.10 optionally
 * `$JS.ACK.<domain>.<account>.<stream>.…`, with more tokens allowed after.
 */
export const parseDelivery = (reply: string): DeliveryInfo => {
  const tokens = reply.split('.');
  const skip = tokens.length === 9 ? 4 : 6;
  const [attempt, position] = [Number(tokens[skip]), Number(tokens[skip + 1])];
  if (tokens[0] !== '$JS' || tokens[1] !== 'ACK' || !Number.isSafeInteger(attempt) || !Number.isSafeInteger(position)) {
    throw new RoomLogError('corrupt_entry', 'not a delivery of JetStream');
  }
  return { attempt, position };
};

import type { NodeStatus } from '@parley/domain';
import { jetStreamCall, JetStreamApiError, JS_API, JS_ERROR, NODE_STREAM, nodeSignSubject, nodeSignSubjects, nodeSignSubjectsOfRegion, NatsRequestError, type JetStreamFailure, type Nats, type Region } from '@parley/nats';

/** The last thing a process said of itself unasked. */
export type Sign = { instance: string; at: number; status: Pick<NodeStatus, 'name' | 'app' | 'version' | 'pid' | 'startedAt'> };

/** A process that has said nothing for this long is no longer missed. */
const FORGOTTEN_AFTER_MS = 10 * 60_000;
const TIMEOUT_MS = 2_000;
/** Of one listing. */
const MAX_SIGNS = 1_000;
const NS_PER_MS = 1_000_000;

type Got = { message: { seq: number; data?: string } };

const isMissing = (error: unknown): boolean =>
  (error instanceof JetStreamApiError && (error.errCode === JS_ERROR.messageNotFound || error.errCode === JS_ERROR.streamNotFound)) ||
  (error instanceof NatsRequestError && error.reason === 'no_responders');

/** Tells operators that this process lives; makes the place for it if there is none. Throws where JetStream is away. */
export const putSign = async (nats: Nats, region: Region, sign: Sign): Promise<void> => {
  const put = async (): Promise<void> => {
    const subject = nodeSignSubject(region, sign.instance);
    const { error } = (await nats.request(subject, JSON.stringify(sign), { timeoutMs: TIMEOUT_MS })).json<{ error?: JetStreamFailure }>();
    if (error) throw new JetStreamApiError(subject, error);
  };
  try {
    await put();
  } catch (error) {
    if (!isMissing(error)) throw error;
    await jetStreamCall(nats, JS_API.streamCreate(NODE_STREAM), {
      name: NODE_STREAM, description: 'The last sign of life of each process, for operators.', subjects: [nodeSignSubjects()],
      // Nothing here is worth a disk: after a restart of NATS each process says it again.
      storage: 'memory', retention: 'limits', discard: 'old', max_msgs_per_subject: 1, max_age: FORGOTTEN_AFTER_MS * NS_PER_MS, num_replicas: 1,
    }, TIMEOUT_MS);
    await put();
  }
};

/** A process that leaves in order is not to be missed. */
export const takeSignAway = async (nats: Nats, region: Region, instance: string): Promise<void> => {
  await jetStreamCall(nats, JS_API.streamPurge(NODE_STREAM), { filter: nodeSignSubject(region, instance) }, TIMEOUT_MS);
};

export const listSigns = async (nats: Nats, region: Region): Promise<Sign[]> => {
  const signs: Sign[] = [];
  try {
    for (let seq = 1; signs.length < MAX_SIGNS;) {
      const { message } = await jetStreamCall<Got>(nats, JS_API.messageGet(NODE_STREAM), { seq, next_by_subj: nodeSignSubjectsOfRegion(region) }, TIMEOUT_MS);
      signs.push(JSON.parse(Buffer.from(message.data ?? '', 'base64').toString('utf8')) as Sign);
      seq = message.seq + 1;
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return signs;
};

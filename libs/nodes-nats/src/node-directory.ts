import type { NodeStatus } from '@parley/domain';
import { findServices, NatsRequestError, NODE_SERVICE, nodeSubject, type Nats, type Region } from '@parley/nats';
import { QUESTIONS, type Answer, type NodeReply, type QuestionName, type Request } from './questions.ts';
import { listSigns, type Sign } from './signs-of-life.ts';

export type NodeDirectoryOptions = {
  nats: Nats;
  region: Region;
  /** How long a node has to answer. Default 2 000. */
  answerWithinMs?: number;
};

/** One that answers, and how to ask it more. */
export type AnsweringNode = { instance: string; status: NodeStatus };
/** One that lately gave a sign of life and does not answer. */
export type SilentNode = Sign;

export class NodeError extends Error {
  override readonly name = 'NodeError';
  /** `gone`: nobody answers there any more; `silent`: no answer in time; `refused`: it does not understand. */
  readonly code: 'gone' | 'silent' | 'refused';

  constructor(code: NodeError['code'], message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** Finds and asks the processes of a region. */
export class NodeDirectory {
  readonly #nats: Nats;
  readonly #region: Region;
  readonly answerWithinMs: number;

  constructor({ nats, region, answerWithinMs = 2_000 }: NodeDirectoryOptions) {
    this.#nats = nats;
    this.#region = region;
    this.answerWithinMs = answerWithinMs;
  }

  /** Sorted by name. A process that another of its name has followed is not missed. */
  async list(): Promise<{ nodes: AnsweringNode[]; silent: SilentNode[] }> {
    const [services, signs] = await Promise.all([
      findServices(this.#nats, NODE_SERVICE, this.answerWithinMs),
      // A help only: without JetStream nobody is missed.
      listSigns(this.#nats, this.#region).catch(() => []),
    ]);
    const pinged = services.flatMap(({ metadata }) => (metadata?.['region'] === this.#region && metadata['instance'] ? [metadata['instance']] : []));
    const instances = [...new Set([...pinged, ...signs.map(({ instance }) => instance)])];
    const answers = await Promise.all(instances.map(async (instance) => ({ instance, status: await this.#statusOf(instance) })));
    const nodes = answers.filter((node): node is AnsweringNode => node.status !== null);
    const isFollowed = ({ status }: Sign): boolean =>
      nodes.some((node) => node.status.name === status.name && node.status.app === status.app && node.status.startedAt > status.startedAt);
    const silent = signs.filter((sign) => !nodes.some(({ instance }) => instance === sign.instance) && !isFollowed(sign));
    return { nodes: nodes.toSorted(byName), silent: silent.toSorted(byName) };
  }

  /** Throws {@link NodeError}. */
  async ask<N extends QuestionName>(instance: string, name: N, request: Request<N>): Promise<Answer<N>> {
    let reply: NodeReply;
    try {
      const message = await this.#nats.request(nodeSubject(this.#region, instance, name), JSON.stringify(request), { timeoutMs: this.answerWithinMs });
      reply = message.json();
    } catch (error) {
      if (!(error instanceof NatsRequestError)) throw error;
      if (error.reason === 'no_responders') throw new NodeError('gone', 'it is no longer there', { cause: error });
      throw new NodeError('silent', `it did not answer within ${this.answerWithinMs} ms`, { cause: error });
    }
    if (!reply.ok) throw new NodeError('refused', reply.message);
    const parsed = QUESTIONS[name].answer.safeParse(reply.value);
    if (!parsed.success) throw new NodeError('refused', 'it answered something that is not understood: it may run another version');
    return parsed.data as Answer<N>;
  }

  async #statusOf(instance: string): Promise<NodeStatus | null> {
    try {
      return await this.ask(instance, 'status', {});
    } catch (error) {
      if (error instanceof NodeError) return null;
      throw error;
    }
  }
}

const byName = (a: { status: { name: string; startedAt: number } }, b: { status: { name: string; startedAt: number } }): number =>
  a.status.name.localeCompare(b.status.name, 'en', { numeric: true }) || a.status.startedAt - b.status.startedAt;

import { realChance, type NodeReport } from '@parley/domain';
import { KeptService, NODE_SERVICE, nodeSubject, regionOf, type Nats, type ServiceMsg } from '@parley/nats';
import { QUESTION_NAMES, replyTo, type NodeReply, type QuestionName } from './questions.ts';
import { putSign, takeSignAway } from './signs-of-life.ts';

export type ServeNodeOptions = {
  /** When NATS is there, which may be later. */
  nats: Nats | Promise<Nats>;
  report: NodeReport;
  /** Told of defects and of a service that had to be started anew. */
  onError: (error: unknown) => void;
  /** Between two signs of life. Default 10 000. */
  signEveryMs?: number;
};

export type NodeService = {
  /** To be called before the connection is closed. */
  close(): Promise<void>;
};

const BAD_REQUEST = 400;

/** Answers operators for as long as there is NATS. Whoever has NATS' credentials may ask. */
export const serveNode = (options: ServeNodeOptions): NodeService => {
  const { report, onError, signEveryMs = 10_000 } = options;
  // Of this incarnation: a process that was started again in its place is another node.
  const instance = realChance.eventId().toLowerCase();
  let closed = false;
  let stop = async (): Promise<void> => undefined;

  const serve = async (): Promise<void> => {
    const nats = await options.nats;
    if (closed) return;
    const { name, app, version, region: regionName, pid, startedAt } = report.status();
    const region = regionOf(regionName);
    const answer = (question: QuestionName) => (message: ServiceMsg): void => {
      // On a connection that was closed, whoever asked gives up by himself.
      if (!nats.nc.isClosed()) respond(message, replyTo(report, question, message.string(), onError));
    };
    const service = await KeptService.start({
      nats, name: NODE_SERVICE, version, description: 'What a process tells operators of itself, and does for them', metadata: { region, app, node: name, instance }, onError,
      endpoints: QUESTION_NAMES.map((question) => ({ name: question, subject: nodeSubject(region, instance, question), handle: answer(question) })),
    });
    const sign = (): void => {
      // One that is lost is followed by another.
      putSign(nats, region, { instance, at: Date.now(), status: { name, app, version, pid, startedAt } }).catch(() => undefined);
    };
    sign();
    const timer = setInterval(sign, signEveryMs);
    stop = async () => {
      clearInterval(timer);
      await service.stop();
      if (nats.connected) await takeSignAway(nats, region, instance).catch(() => undefined);
    };
    if (closed) await stop();
  };
  serve().catch(onError);

  return {
    close: async () => {
      closed = true;
      await stop();
    },
  };
};

const respond = (message: ServiceMsg, reply: NodeReply): void => {
  if (reply.ok) message.respond(JSON.stringify(reply));
  else message.respondError(BAD_REQUEST, 'refused', JSON.stringify(reply));
};

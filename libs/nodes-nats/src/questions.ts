import type { ListenedRoom, NodePage, NodeReport, NodeStatus, SocketReport } from '@parley/domain';
import { epochSchema, roomIdSchema, seqSchema, userIdSchema } from '@parley/protocol';
import { z } from 'zod';

/** Items of one answer: with the longest names and addresses far below what NATS carries in one message. */
export const MAX_PAGE = 500;

const page = { after: z.string().max(64).optional(), limit: z.number().int().min(1).max(MAX_PAGE) };
const pageOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() });

const statusSchema = z.object({
  name: z.string(), app: z.string(), version: z.string(), region: z.string(), pid: z.number(), startedAt: z.number(), leaving: z.boolean(),
  failing: z.record(z.string(), z.string()), counts: z.record(z.string(), z.number()),
});
const socketSchema = z.object({
  id: z.string(), userId: userIdSchema, userName: z.string(), transport: z.string(), since: z.number(), address: z.string(),
  rooms: z.number(), roomIds: z.array(roomIdSchema), bufferedBytes: z.number(),
});
const roomSchema = z.object({ roomId: roomIdSchema, epoch: epochSchema, seq: seqSchema, live: z.boolean(), listeners: z.number() });

const question = <Q extends z.ZodType, A>(request: Q, answer: z.ZodType<A>, ask: (report: NodeReport, request: z.infer<Q>) => A) =>
  ({ request, answer, ask: ask as (report: NodeReport, request: unknown) => A });

/** Everything a process can be asked, as both ends understand it. */
export const QUESTIONS = {
  status: question(z.object({}), statusSchema satisfies z.ZodType<NodeStatus>, (report) => report.status()),
  sockets: question(z.object({ ...page, user: z.string().max(200).optional() }), pageOf(socketSchema) satisfies z.ZodType<NodePage<SocketReport>>, (report, query) => report.sockets(query)),
  rooms: question(z.object(page), pageOf(roomSchema) satisfies z.ZodType<NodePage<ListenedRoom>>, (report, query) => report.rooms(query)),
  drain: question(z.object({}), z.object({ leaving: z.literal(true) }), (report) => {
    report.drain();
    return { leaving: true as const };
  }),
};

export type QuestionName = keyof typeof QUESTIONS;
export type Request<N extends QuestionName> = z.infer<(typeof QUESTIONS)[N]['request']>;
export type Answer<N extends QuestionName> = z.infer<(typeof QUESTIONS)[N]['answer']>;
export const QUESTION_NAMES = Object.keys(QUESTIONS) as QuestionName[];

export type NodeReply = { ok: true; value: unknown } | { ok: false; message: string };

/** What `report` says to a question as it came over the wire. Never throws. */
export const replyTo = (report: NodeReport, name: QuestionName, text: string, onError: (error: unknown) => void): NodeReply => {
  const { request, ask } = QUESTIONS[name];
  const parsed = request.safeParse(jsonOf(text));
  if (!parsed.success) return { ok: false, message: `not understood: ${parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}` };
  try {
    return { ok: true, value: ask(report, parsed.data) };
  } catch (error) {
    onError(error);
    return { ok: false, message: 'a defect of the node' };
  }
};

/** `undefined`, which no schema takes, for what is no JSON. */
const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

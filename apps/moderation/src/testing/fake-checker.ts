import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckerConfig } from '@parley/runtime';
import { onTestFinished } from 'vitest';
import { sign, SIGNATURE_HEADER, TIMESTAMP_HEADER } from '../checkers/sign.ts';

export const SECRET = 'a secret of tests alone';

export type Question = { eventId: string; messageId: string; roomId: string; userId: string; body: string; edited: boolean };
export type FakeChecker = {
  config: CheckerConfig;
  /** In the order in which they came; those that were not signed as they have to be are not among them. */
  readonly asked: Question[];
  readonly unsigned: number;
  /** Asked at once, at most. */
  readonly atOnce: number;
  /** What it answers from now on; default: nothing is wrong. */
  answers: (question: Question) => object | Promise<object>;
  /** Answers everything by this instead. */
  respond: ((request: IncomingMessage, response: ServerResponse) => void) | null;
  /** Takes no connection. */
  stop(): Promise<void>;
  start(): Promise<void>;
};

/** An outside checker on loopback. */
export const startChecker = async (config: Partial<CheckerConfig> = {}, cleanup: (stop: () => Promise<void>) => void = onTestFinished): Promise<FakeChecker> => {
  let [under, port] = [0, 0];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const piece of request) body += String(piece);
    if (request.headers[SIGNATURE_HEADER] !== sign(SECRET, Number(request.headers[TIMESTAMP_HEADER]), body)) {
      checker.unsigned += 1;
      response.writeHead(401).end();
      return;
    }
    const question = JSON.parse(body) as Question;
    checker.asked.push(question);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(await checker.answers(question)));
  };
  const listen = () => {
    const made = createServer((request, response) => {
      if (checker.respond) return checker.respond(request, response);
      under += 1;
      checker.atOnce = Math.max(checker.atOnce, under);
      answer(request, response).catch(() => response.destroy()).finally(() => { under -= 1; });
    });
    return new Promise<typeof made>((resolve) => { made.listen(port, '127.0.0.1', () => resolve(made)); });
  };
  let server: Awaited<ReturnType<typeof listen>> | null = null;
  const checker = {
    asked: [] as Question[], unsigned: 0, atOnce: 0, answers: (): object => ({ score: 0 }), respond: null,
    async stop() {
      const gone = server;
      server = null;
      if (!gone) return;
      const closed = new Promise((resolve) => { gone.close(resolve); });
      gone.closeAllConnections();
      await closed;
    },
    async start() {
      server ??= await listen();
    },
    config: { name: 'checker', url: '', secret: SECRET, timeoutMs: 15_000, weight: 100, onAway: 'pass' as const, concurrency: 16, ...config },
  } satisfies FakeChecker as FakeChecker & { unsigned: number; atOnce: number };
  server = await listen();
  port = (server.address() as AddressInfo).port;
  checker.config = { ...checker.config, url: `http://127.0.0.1:${port}/check` };
  cleanup(() => checker.stop());
  return checker;
};

export const late = async (ms: number, answer: object): Promise<object> => {
  await sleep(ms);
  return answer;
};

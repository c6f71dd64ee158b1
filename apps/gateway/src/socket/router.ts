import { LIMITS, ProtocolError, type Answer, type CommandName, type ErrorCode } from '@parley/protocol';
import type { RateLimiter } from '@parley/domain';
import type { Logger } from '@parley/runtime';
import { HANDLERS } from '../commands/index.ts';
import type { Caller, Context, Handler } from '../commands/context.ts';
import type { GatewayMetrics } from '../gateway-metrics.ts';
import { takesOf } from '../limits/command-limits.ts';
import { Patience } from '../limits/patience.ts';
import { cutOff, type Connection } from './cut-off.ts';
import type { ClientSocket } from './io.ts';
import { isCommand, parseCommand } from './parse-command.ts';

const BUSY_RETRY_MS = 250;
/** Refusals that a well-behaved client seldom gets. */
const IN_VAIN: ReadonlySet<string> = new Set<ErrorCode>(['bad_request', 'unknown_event', 'too_large', 'rate_limited', 'busy']);

export type RouterOptions = {
  context: Context;
  limiter: RateLimiter;
  metrics: GatewayMetrics;
  logger: Logger;
  /** Whether this gateway begins nothing more. */
  isClosing: () => boolean;
};

type Ack = (answer: Answer<object>) => void;

export type Router = {
  /** From now on the socket's packets are handled. */
  attach: (socket: ClientSocket) => void;
  /** Resolves once all that was begun is answered. */
  drained: () => Promise<void>;
};

/** Every packet a socket sends comes through here. Whatever it is, it is answered if it asks for an answer, and nothing it does ends the process. */
export const createRouter = ({ context, limiter, metrics, logger, isClosing }: RouterOptions): Router => {
  const underWay = new Set<Promise<void>>();

  const carryOut = async (name: CommandName, args: unknown[], caller: Caller): Promise<object> => {
    if (isClosing()) throw new ProtocolError('shutting_down');
    const { session } = caller.socket.data;
    if (session.expiresAt <= Date.now()) throw new ProtocolError('session_expired');
    context.standing.require(session);
    if (args.length !== 1) throw new ProtocolError('bad_request', 'a command has one argument');
    const request = parseCommand(name, args[0], caller.user.admin);
    const decision = await limiter.take(takesOf(name, request, caller));
    if (!decision.ok) throw new ProtocolError('rate_limited', undefined, { retryAfterMs: decision.retryAfterMs });
    return (HANDLERS[name] as Handler<CommandName>)(request, caller, context);
  };

  const attach = (socket: ClientSocket): void => {
    const caller: Caller = { socket, get user() { return context.standing.actorOf(socket.data.session); } };
    const patience = new Patience();
    let inFlight = 0;
    let isCutOff = false;

    const handle = async (event: string, args: unknown[]): Promise<void> => {
      const ack = typeof args.at(-1) === 'function' ? (args.pop() as Ack) : null;
      const name = isCommand(event) ? event : null;
      const began = performance.now();
      let outcome = 'ok';
      let answer: Answer<object>;
      inFlight += 1;
      try {
        if (!name) throw new ProtocolError('unknown_event');
        if (inFlight > LIMITS.commandsInFlight) throw new ProtocolError('busy', 'too many commands at once', { retryAfterMs: BUSY_RETRY_MS });
        answer = { ok: true, ...(await carryOut(name, args, caller)) };
      } catch (error) {
        const failure = context.failureOf(error, name ?? 'unknown');
        outcome = failure.code;
        answer = { ok: false, error: failure };
      }
      inFlight -= 1;
      ack?.(answer);
      if (IN_VAIN.has(outcome) && !patience.endures()) {
        isCutOff = true;
        if (socket.connected) {
          metrics.floods.inc();
          cutOff(socket.conn as unknown as Connection);
        }
      }
      metrics.commands.observe({ command: name ?? 'unknown', outcome }, (performance.now() - began) / 1000);
    };

    socket.onAny((event: string, ...args: unknown[]) => {
      // One request brings up to a hundred thousand packets, and they come here though the connection is closed.
      if (isCutOff) return;
      const handled = handle(event, args)
        .catch((error: unknown) => logger.error({ err: error }, 'an answer could not be sent'))
        .finally(() => underWay.delete(handled));
      underWay.add(handled);
    });
  };

  const drained = async (): Promise<void> => {
    while (underWay.size > 0) await Promise.all(underWay);
  };
  return { attach, drained };
};

import { io, type Socket } from 'socket.io-client';
import { SERVER_EVENTS, SESSION_PATH, type CommandAnswer, type CommandInput, type CommandName, type CommandResponse, type ServerEvent, type ServerEventName, type SessionResponse } from '@parley/protocol';

/** A bare Socket.IO client that checks everything it hears against the schemas. */
export type Client = {
  readonly socket: Socket;
  readonly session: SessionResponse;
  /** What was heard of one event, oldest first. */
  heard<N extends ServerEventName>(name: N): ServerEvent<N>[];
  /** All events of all `room:events`, in the order they came. */
  events(): ServerEvent<'room:events'>['events'];
  ask<N extends CommandName>(name: N, request: CommandInput<N>): Promise<CommandAnswer<N>>;
  /** {@link ask}, of which success is expected. */
  must<N extends CommandName>(name: N, request: CommandInput<N>): Promise<CommandResponse<N>>;
  /** Sends anything as anything. */
  raw(name: string, ...args: unknown[]): Promise<{ ok: boolean; error?: { code: string; message: string; retryable: boolean; retryAfterMs?: number } }>;
};

const ANSWER_MS = 15_000;

export const openSession = async (url: string, name: string): Promise<SessionResponse> => {
  const response = await fetch(url + SESSION_PATH, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name }) });
  if (!response.ok) throw new Error(`no session: ${response.status} ${await response.text()}`);
  return (await response.json()) as SessionResponse;
};

export const connect = (url: string, session: SessionResponse, options: { transports?: string[]; reconnection?: boolean } = {}): Promise<Client> => {
  const socket: Socket = io(url, { auth: { token: session.token }, transports: ['websocket'], forceNew: true, reconnection: false, ...options });
  const heard = new Map<string, unknown[]>();
  socket.onAny((name: ServerEventName, event: unknown) => {
    const parsed = SERVER_EVENTS[name].parse(event);
    heard.set(name, [...(heard.get(name) ?? []), parsed]);
  });
  const raw: Client['raw'] = (name, ...args) => socket.timeout(ANSWER_MS).emitWithAck(name, ...args) as ReturnType<Client['raw']>;
  const client: Client = {
    socket,
    session,
    heard: (name) => (heard.get(name) ?? []) as never,
    events: () => client.heard('room:events').flatMap(({ events }) => events),
    ask: (name, request) => raw(name, request) as never,
    must: async (name, request) => {
      const answer = await raw(name, request);
      if (!answer.ok) throw new Error(`${name} was refused: ${JSON.stringify(answer.error)}`);
      return answer as never;
    },
    raw,
  };
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(client));
    socket.once('connect_error', (error) => {
      socket.close();
      reject(error);
    });
  });
};

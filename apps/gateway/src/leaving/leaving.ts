import type { Server as HttpServer, ServerResponse } from 'node:http';
import { wireError } from '@parley/protocol';
import { beginsConnection, type EngineRequest } from '../socket/handshake-request.ts';
import type { Io } from '../socket/io.ts';
import { hangUp } from './hang-up.ts';
import { moveClients, type MovingSettings } from './move-clients.ts';
import { refuseHandshake } from './refuse-handshake.ts';

export type LeavingParts = {
  io: Io;
  http: HttpServer;
  /** `null`: there is no other gateway to go to. */
  moving: MovingSettings | null;
  /** Resolves once all that was begun is done and answered; from the call on, commands are refused. */
  finish: () => Promise<void>;
};

/** How a gateway goes: `open`, then `leaving` (unready, and nobody new once the proxy had time to notice), then `closing` (nothing new). */
export type Leaving = {
  readonly isLeaving: boolean;
  readonly isClosing: boolean;
  /** Lets nobody in any more, and asks who is here to move. Resolves once they are gone, or their time is over. The gateway stays as it is: empty, unready, listening. */
  drain(): Promise<void>;
  /** All of it: {@link drain}, then what was begun is finished, and the rest hung up. `inHaste`, or called so later: nobody is waited for. */
  close(options?: { inHaste?: boolean }): Promise<void>;
};

/** When a client that reached a leaving gateway without a proxy between them may try again. */
const COME_AGAIN_MS = 1_000;
/** With nowhere else to go, clients come back when somebody is here again, over this long. */
const RETURN_SPREAD_MS = 1_000;

export const createLeaving = ({ io, http, moving, finish }: LeavingParts): Leaving => {
  const haste = new AbortController();
  const { sockets } = io.of('/');
  let state: 'open' | 'leaving' | 'closing' = 'open';
  let isDoorShut = false;
  let drained: Promise<void> | null = null;
  let closed: Promise<void> | null = null;

  io.engine.use((request: EngineRequest, response: ServerResponse, next: () => void) => {
    if (!isDoorShut || !beginsConnection(request)) next();
    else refuseHandshake(request, response, wireError('shutting_down', undefined, COME_AGAIN_MS));
  });
  // No request is to follow on a connection that may be closed before it arrives.
  http.prependListener('request', (_, response) => {
    if (state !== 'open') response.setHeader('connection', 'close');
  });

  const sendAway = async (): Promise<void> => {
    state = 'leaving';
    const shutDoor = (): void => { isDoorShut = true; };
    if (moving) return moveClients({ guests: sockets, settings: moving, onNoticed: shutDoor, signal: haste.signal });
    shutDoor();
    for (const socket of sockets.values()) socket.emit('session:reconnect', { afterMs: Math.floor(Math.random() * RETURN_SPREAD_MS) });
  };
  const drain = (): Promise<void> => (drained ??= sendAway());

  const leave = async (): Promise<void> => {
    await drain();
    state = 'closing';
    await finish();
    await hangUp(io, http);
  };

  return {
    get isLeaving() {
      return state !== 'open';
    },
    get isClosing() {
      return state === 'closing';
    },
    drain,
    close({ inHaste = false } = {}) {
      if (inHaste) haste.abort();
      return (closed ??= leave());
    },
  };
};

import { ProtocolError } from '@parley/protocol';
import type { Handler } from './context.ts';

export const sessionRefresh: Handler<'session:refresh'> = async ({ token }, { socket, user }, { sessions, standing, clock }) => {
  const { session } = socket.data;
  if (token === undefined) {
    if (session.issuer !== null) throw new ProtocolError('bad_request', 'another issuer vouches for this session: send a fresh token of it');
    const fresh = sessions.refresh(session);
    clock.goOn(socket, await sessions.verify(fresh.token));
    return fresh;
  }
  const next = await sessions.verify(token);
  if (next.user.id !== user.id) throw new ProtocolError('forbidden', 'the token is of another user');
  standing.require(next);
  clock.goOn(socket, next);
  return { token, expiresAt: next.expiresAt };
};

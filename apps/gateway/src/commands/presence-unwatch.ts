import type { Handler } from './context.ts';

export const presenceUnwatch: Handler<'presence:unwatch'> = async ({ roomId }, { socket }, { presence }) => {
  presence.unwatch(roomId, socket.id);
  return {};
};

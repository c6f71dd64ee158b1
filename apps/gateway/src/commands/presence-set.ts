import type { Handler } from './context.ts';

export const presenceSet: Handler<'presence:set'> = async ({ status }, { socket }, { presence }) => {
  presence.setActivity(socket.id, status);
  return {};
};

import { connect, type Socket } from 'node:net';

export type BareSockets = {
  readonly count: number;
  /** That nobody has ended yet. */
  readonly open: number;
  close(): void;
};

const ABREAST = 200;

/** A WebSocket's request, with which Engine.IO begins a session. */
export const UPGRADE_REQUEST = [
  'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1', 'Host: x', 'Upgrade: websocket', 'Connection: Upgrade',
  'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', '', '',
].join('\r\n');

/** Many connections that say `text` and nothing more, a few hundred at once; they stay until the other side ends them. */
export const openBareSockets = async (port: number, count: number, text: string): Promise<BareSockets> => {
  const sockets: Socket[] = [];
  const openOne = (): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(text, () => resolve()));
      socket.on('error', () => resolve());
      socket.resume();
      sockets.push(socket);
    });
  for (let n = 0; n < count; n += ABREAST) await Promise.all(Array.from({ length: Math.min(ABREAST, count - n) }, openOne));
  return {
    count,
    get open() {
      return sockets.filter((each) => !each.destroyed && !each.closed).length;
    },
    close() {
      for (const each of sockets) each.destroy();
    },
  };
};

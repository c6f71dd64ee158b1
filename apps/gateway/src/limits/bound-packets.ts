import { cutOff, type Connection } from '../socket/cut-off.ts';
import { Patience } from './patience.ts';

export type PacketConnection = Connection & { on(event: 'packet', listener: () => void): void };

/** Packets of Engine.IO that one connection may send: far above a full burst of commands. */
const PACKETS = { perSecond: 5_000, burst: 20_000 };

/** Cuts off who sends more packets than any client does: a pong or a noop costs little, but half a million of them fit into one request. */
export const boundPackets = (connection: PacketConnection, onFlood: () => void): void => {
  const patience = new Patience(PACKETS);
  let isOver = false;
  connection.on('packet', () => {
    if (isOver || patience.endures()) return;
    isOver = true;
    onFlood();
    cutOff(connection);
  });
};

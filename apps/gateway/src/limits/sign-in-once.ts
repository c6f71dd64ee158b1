import { cutOff, type Connection } from '../socket/cut-off.ts';

export type TalkingConnection = Connection & { on(event: 'data', listener: (data: unknown) => void): void };

/** Socket.IO's packet that asks to be let into a namespace: `0`, then the namespace unless it is the root, then what it says of itself. */
const CONNECT = '0';
const isOfRoot = (packet: string): boolean => packet[1] !== '/' || packet.startsWith('0/,');

/**
 * Has a connection ask once to be let in. Whoever asks again, or for a namespace that there is not, is cut off at once: hundreds
 * of thousands of such packets fit into one request, and each would cost as much as a client, or be answered into a buffer nobody reads.
 */
export const signInOnce = (connection: TalkingConnection): void => {
  let asked = false;
  connection.on('data', (packet) => {
    if (typeof packet !== 'string' || !packet.startsWith(CONNECT)) return;
    if (asked || !isOfRoot(packet)) cutOff(connection);
    asked = true;
  });
};

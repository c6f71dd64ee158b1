/** The parts of an Engine.IO connection that end it. */
export type Connection = { close(discard: boolean): void; transport: { socket?: { terminate?: () => void } } };

/** Closes a connection at once, whatever waits to be sent. A client takes that for a lost network, and connects again. */
export const cutOff = (connection: Connection): void => {
  const { transport } = connection;
  connection.close(true);
  // Who does not read does not answer a closing handshake either, and all that waits would be kept for 30 s.
  transport.socket?.terminate?.();
};

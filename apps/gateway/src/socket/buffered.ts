/** The parts of an Engine.IO connection that hold what waits to be sent. */
export type Buffered = { writeBuffer: { data?: unknown }[]; transport: { socket?: { bufferedAmount?: number } } };

/** Of text: nothing else is sent. */
export const bufferedBytes = ({ writeBuffer, transport }: Buffered): number =>
  writeBuffer.reduce((bytes, { data }) => bytes + (typeof data === 'string' ? data.length : 0), transport.socket?.bufferedAmount ?? 0);

import { randomBytes } from 'node:crypto';

export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const CONTINUATION = 0;

export type Frame = {
  opcode?: number;
  /** Is it the last of its message? Default: yes. */
  fin?: boolean;
  /** As every client has to. Default: yes. */
  masked?: boolean;
  /** The reserved bits, 1 to 7. */
  reserved?: number;
  /** What it says its length is; default: what it is. */
  length?: bigint;
};

const lengthOf = (length: bigint, maskBit: number): Buffer => {
  if (length < 126n) return Buffer.from([maskBit | Number(length)]);
  if (length < 65_536n) {
    const bytes = Buffer.from([maskBit | 126, 0, 0]);
    bytes.writeUInt16BE(Number(length), 1);
    return bytes;
  }
  const bytes = Buffer.alloc(9);
  bytes[0] = maskBit | 127;
  bytes.writeBigUInt64BE(length, 1);
  return bytes;
};

/** A WebSocket frame (RFC 6455, 5.2), also one that no client may send. */
export const frame = (payload: string | Buffer, { opcode = TEXT, fin = true, masked = true, reserved = 0, length }: Frame = {}): Buffer => {
  const body = Buffer.from(payload as string);
  const head = [Buffer.from([(fin ? 0x80 : 0) | (reserved << 4) | opcode]), lengthOf(length ?? BigInt(body.length), masked ? 0x80 : 0)];
  if (!masked) return Buffer.concat([...head, body]);
  const mask = randomBytes(4);
  return Buffer.concat([...head, mask, body.map((byte, n) => byte ^ mask[n % 4]!)]);
};

/** One message in as many frames as it has bytes. */
export const fragments = (text: string, { ends = true }: { ends?: boolean } = {}): Buffer => {
  const bytes = Buffer.from(text);
  return Buffer.concat([...bytes].map((byte, n) => frame(Buffer.from([byte]), { opcode: n === 0 ? TEXT : CONTINUATION, fin: ends && n === bytes.length - 1 })));
};

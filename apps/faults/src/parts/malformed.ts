import { LIMITS } from '@parley/protocol';
import { BINARY, CLOSE, CONTINUATION, fragments, frame, PING, TEXT } from './frames.ts';

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const KB = 1_024;
/** More than a frame may have. */
const LARGE_KB = Math.ceil(LIMITS.frameBytes / KB) + 1;

const NOISE = Buffer.from(Array.from({ length: 4_000 }, (_, n) => (n * 37) % 256));

/** What a client that has signed in may say that is no packet of Socket.IO, or none of ours. */
const PACKETS: readonly string[] = [
  '', '4', '9', 'zzz', '\u0000', '2probe', '5', '1', '42', '42[', '42{}', '42[]', '42["x"', '42[7,{}]', '42"x"', '42null', '4299999999999999999999["x",{}]', '42["message:send"', '42["message:send",{"roomId":',
  '43', '43999[]', '43-1[]', '430["x"]', '41/x,', '40/admin,', '40/admin,{}', '40', '40{}', '44', '44"x"', '45', '46', '47', '48', '49',
  '451-["x",{"_placeholder":true,"num":9}]', '451-["x",{"_placeholder":true,"num":-1}]', '4599999-["x"]', '45-["x"]', '461-3["x"]',
  `42${'['.repeat(90_000)}`, `42["message:send",${nested(40_000)}]`, `421["message:send",{"body":${nested(10_000)}}]`, `422["room:join",{"roomIds":${JSON.stringify(Array.from({ length: 5_000 }, () => 'r'))}}]`,
  '423["__proto__",{}]', '424["constructor"]', '425["disconnect",{}]', '426["connect",{}]', '427["error",{}]', '428["newListener",{}]', '429["message:send",{"__proto__":{"x":1}}]', '4210["message:send",{"constructor":{"prototype":{"x":1}}}]',
];

/** Frames that the server may only end the connection for. */
const FRAMES: readonly (readonly [name: string, bytes: Buffer])[] = [
  ['a frame without its mask', frame('42["x"]', { masked: false })],
  ...[1, 2, 4, 7].map((reserved) => [`reserved bits ${reserved}`, frame('3', { reserved })] as const),
  ...[3, 7, 11, 15].map((opcode) => [`opcode ${opcode}`, frame('3', { opcode })] as const),
  ['a continuation of nothing', frame('3', { opcode: CONTINUATION })],
  ['a message within a message', Buffer.concat([frame('42', { fin: false }), frame('3', { opcode: TEXT })])],
  ['a ping in fragments', frame('x', { opcode: PING, fin: false })],
  ['a ping that is too long', frame('x'.repeat(126), { opcode: PING })],
  ['a close with half a code', frame(Buffer.from([3]), { opcode: CLOSE })],
  ['a close with a code that is none', frame(Buffer.from([0, 1]), { opcode: CLOSE })],
  ['text that is no UTF-8', frame(Buffer.from([0x34, 0xff, 0xfe]))],
  ['a frame of 8 EB', frame('x', { length: 2n ** 63n - 1n })],
  ['a frame of negative length', frame('x', { length: 2n ** 63n })],
  ['a frame of 1 TB', frame('x', { length: 2n ** 40n })],
  ['a message that is too large', frame('x'.repeat(LARGE_KB * KB))],
  ['a message that is too large, in frames of 1 kB', Buffer.concat(Array.from({ length: LARGE_KB }, (_, n) => frame('x'.repeat(KB), { opcode: n === 0 ? TEXT : CONTINUATION, fin: false })))],
  ['noise', NOISE],
];

/** What may be said, and is odd: it may end the connection, or be answered what comes after. */
const ODD: readonly (readonly [name: string, bytes: Buffer])[] = [
  ['noise in a frame', frame(NOISE, { opcode: BINARY })],
  ['binary that nobody announced', frame(Buffer.from('42["x"]'), { opcode: BINARY })],
  ['binary that was announced and is not asked for', Buffer.concat([frame('451-["message:send",{"_placeholder":true,"num":0}]'), frame(Buffer.from('x'), { opcode: BINARY })])],
  ['a thousand pings', Buffer.concat(Array.from({ length: 1_000 }, () => frame('x', { opcode: PING })))],
  ['a thousand pongs of Engine.IO', Buffer.concat(Array.from({ length: 1_000 }, () => frame('3')))],
];

/** What has no end, so that nothing can come after it. */
const ENDLESS: readonly (readonly [name: string, bytes: Buffer])[] = [
  ['a message that never ends, a byte a frame', fragments(`42["${'x'.repeat(5_000)}`, { ends: false })],
  ['frames of nothing', Buffer.concat([frame('', { fin: false }), ...Array.from({ length: 5_000 }, () => frame('', { opcode: CONTINUATION, fin: false }))])],
  ['half a frame', frame('42["message:send"]').subarray(0, 5)],
  ['half of what was announced', frame('452-["message:send",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]')],
];

/** What the server has to do: end the connection, answer what comes after or end it, or wait. */
export type Must = 'end' | 'go on or end' | 'wait';
export type Malformed = { name: string; bytes: Buffer; must: Must };

/** For a WebSocket of somebody who has signed in. */
export const MALFORMED_FRAMES: readonly Malformed[] = [
  ...PACKETS.map((text): Malformed => ({ name: `the packet ${JSON.stringify(text.slice(0, 40))}`, bytes: frame(text), must: 'go on or end' })),
  ...FRAMES.map(([name, bytes]): Malformed => ({ name, bytes, must: 'end' })),
  ...ODD.map(([name, bytes]): Malformed => ({ name, bytes, must: 'go on or end' })),
  ...ENDLESS.map(([name, bytes]): Malformed => ({ name, bytes, must: 'wait' })),
];

const request = (first: string, headers: readonly string[] = [], body = ''): Buffer => Buffer.from(`${[first, ...headers].join('\r\n')}\r\n\r\n${body}`, 'latin1');
const UPGRADE = ['Host: x', 'Connection: Upgrade', 'Upgrade: websocket'];
const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
const SOCKET = '/socket.io/?EIO=4&transport=websocket';
const session = (headers: readonly string[], body: string): Buffer => request('POST /api/session HTTP/1.1', ['Host: x', ...headers], body);
const JSON_TYPE = 'Content-Type: application/json';

/** For a connection on which nothing was said. */
export const MALFORMED_REQUESTS: readonly { name: string; bytes: Buffer }[] = [
  ['a hello of TLS', Buffer.from('16030100c8010000c40303', 'hex')],
  ['noise', NOISE],
  ['another version of HTTP', request('GET / HTTP/9.9', ['Host: x'])],
  ['no host', request('GET / HTTP/1.1')],
  ['a header of 64 kB', request('GET / HTTP/1.1', ['Host: x', `X: ${'x'.repeat(64 * KB)}`])],
  ['5,000 headers', request('GET / HTTP/1.1', ['Host: x', ...Array.from({ length: 5_000 }, (_, n) => `X-${n}: x`)])],
  ['a path of 64 kB', request(`GET /${'x'.repeat(64 * KB)} HTTP/1.1`, ['Host: x'])],
  ['a path with a NUL', request('GET /\u0000 HTTP/1.1', ['Host: x'])],
  ['a path that is no path', request('GET %%%%%zz HTTP/1.1', ['Host: x'])],
  ['a path out of the folder', request('GET /../../../../etc/passwd HTTP/1.1', ['Host: x'])],
  ['half a request', Buffer.from('POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Ty')],
  ['half a body', session([JSON_TYPE, 'Content-Length: 100000'], '{"name":')],
  ['two lengths', session([JSON_TYPE, 'Content-Length: 3', 'Content-Length: 30'], '{}')],
  ['a length and chunks', session([JSON_TYPE, 'Content-Length: 3', 'Transfer-Encoding: chunked'], '0\r\n\r\n')],
  ['a chunk that is none', session([JSON_TYPE, 'Transfer-Encoding: chunked'], 'zz\r\n{}\r\n')],
  ['a name in deep JSON', session([JSON_TYPE, 'Content-Length: 20000'], nested(10_000))],
  ['JSON that is none', session([JSON_TYPE, 'Content-Length: 5'], '{"nam')],
  ['a body of 1 MB', session([JSON_TYPE, 'Content-Length: 1000000'], 'x'.repeat(1_000_000))],
  ['a thousand requests at once', Buffer.concat(Array.from({ length: 1_000 }, () => request('GET /healthz HTTP/1.1', ['Host: x'])))],
  ['an upgrade without a key', request(`GET ${SOCKET} HTTP/1.1`, [...UPGRADE, 'Sec-WebSocket-Version: 13'])],
  ['an upgrade of another version', request(`GET ${SOCKET} HTTP/1.1`, [...UPGRADE, KEY, 'Sec-WebSocket-Version: 99'])],
  ['an upgrade to something else', request(`GET ${SOCKET} HTTP/1.1`, ['Host: x', 'Connection: Upgrade', 'Upgrade: h2c'])],
  ['an upgrade of another path', request('GET /nowhere HTTP/1.1', [...UPGRADE, KEY, 'Sec-WebSocket-Version: 13'])],
  ...['EIO=3&transport=polling', 'EIO=4&transport=carrier-pigeon', 'EIO=4&transport[]=polling', 'EIO=4', 'EIO=4&transport=polling&sid[]=x', 'EIO=4&transport=__proto__', 'EIO=4&transport=polling&j=%22'].map((query) =>
    [`the query ${query}`, request(`GET /socket.io/?${query} HTTP/1.1`, ['Host: x'])] as const),
].map(([name, bytes]) => ({ name: name as string, bytes: bytes as Buffer }));

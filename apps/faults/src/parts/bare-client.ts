import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { waitFor } from '@parley/testkit';
import { UPGRADE_REQUEST } from '@parley/testkit/bare-sockets';
import { frame } from './frames.ts';

const IN_MS = 30_000;
/** Of what it hears; the rest is not kept. */
const KEPT = 200_000;

/** Frames that close, without a code and with one that begins as all do. */
const CLOSES = ['\u0088\u0000', '\u0088\u0002\u0003'];

/** A connection at the level of bytes, that says what no client would. */
export class BareClient {
  readonly #socket: Socket;
  #heard = '';

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (piece: Buffer) => (this.#heard = (this.#heard + piece.toString('latin1')).slice(-KEPT)));
    // However it ends.
    socket.on('error', () => undefined);
  }

  static async open(port: number): Promise<BareClient> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const client = new BareClient(socket);
    await once(socket, 'connect');
    return client;
  }

  /** A WebSocket of somebody who has signed in. */
  static async signedIn(port: number, token: string): Promise<BareClient> {
    const client = await BareClient.open(port);
    client.say(UPGRADE_REQUEST);
    await client.untilHeard('"sid"');
    client.say(frame(`40${JSON.stringify({ token })}`));
    await client.untilHeard('40{');
    return client;
  }

  /** By the server: by the end of the connection, or by a frame that says so and that this client does not answer. */
  get isEnded(): boolean {
    return this.#socket.destroyed || this.#socket.readableEnded || CLOSES.some((each) => this.heard(each));
  }

  say(bytes: string | Buffer): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  /** Says that it says nothing more, and still listens. */
  halfClose(): void {
    this.#socket.end();
  }

  heard(text: string): boolean {
    return this.#heard.includes(text);
  }

  untilHeard(text: string): Promise<void> {
    return waitFor(`the server to say ${text}`, () => {
      if (this.isEnded && !this.heard(text)) throw new Error(`it ended the connection: ${this.#heard.slice(-500)}`);
      return this.heard(text);
    }, { deadlineMs: IN_MS });
  }

  close(): void {
    this.#socket.destroy();
  }
}

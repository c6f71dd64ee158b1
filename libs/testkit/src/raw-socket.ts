import { WebSocket } from 'ws';

/**
 * A Socket.IO v5 client on a bare WebSocket, as cheap as can be: a load generator should spend its time on the server.
 * Text packets only; see docs/protocol.md for the framing.
 */
export class RawSocket {
  readonly #ws: WebSocket;
  readonly #answers = new Map<number, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>();
  #nextAck = 0;
  /** Called with the raw text of each event packet, `42["name",…]`. */
  onEvent: (packet: string) => void = () => {};
  onClose: () => void = () => {};

  private constructor(ws: WebSocket) {
    this.#ws = ws;
  }

  /** `url` such as `http://127.0.0.1:8080`. Resolves once the namespace is connected. */
  static open(url: string, auth: object, options: { timeoutMs?: number } = {}): Promise<RawSocket> {
    const ws = new WebSocket(`${url.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`, { perMessageDeflate: false, handshakeTimeout: options.timeoutMs ?? 20_000 });
    const socket = new RawSocket(ws);
    return new Promise((resolve, reject) => {
      ws.on('error', reject);
      ws.on('close', () => {
        const error = new Error('the connection is closed');
        reject(error);
        for (const answer of socket.#answers.values()) answer.reject(error);
        socket.#answers.clear();
        socket.onClose();
      });
      ws.on('message', (data: Buffer) => {
        const packet = data.toString();
        if (packet[0] === '2') ws.send('3');
        else if (packet[0] === '0') ws.send(`40${JSON.stringify(auth)}`);
        else if (packet.startsWith('40')) resolve(socket);
        else if (packet.startsWith('44')) reject(new Error(`refused: ${packet.slice(2)}`));
        else if (packet.startsWith('42')) socket.onEvent(packet);
        else if (packet.startsWith('43')) socket.#settle(packet);
      });
    });
  }

  #settle(packet: string): void {
    const start = packet.indexOf('[');
    const id = Number(packet.slice(2, start));
    this.#answers.get(id)?.resolve((JSON.parse(packet.slice(start)) as unknown[])[0]);
    this.#answers.delete(id);
  }

  /** Resolves with the acknowledgement's first argument; rejects if the connection is closed before. */
  call<T>(name: string, argument: unknown): Promise<T> {
    const id = this.#nextAck++;
    return new Promise<T>((resolve, reject) => {
      if (this.#ws.readyState !== WebSocket.OPEN) return reject(new Error('the connection is closed'));
      this.#answers.set(id, { resolve: (answer) => resolve(answer as T), reject });
      this.#ws.send(`42${id}${JSON.stringify([name, argument])}`);
    });
  }

  get isOpen(): boolean {
    return this.#ws.readyState === WebSocket.OPEN;
  }

  /** Reads nothing more, so that what the server sends piles up on its side. */
  pause(): void {
    this.#ws.pause();
  }

  resume(): void {
    this.#ws.resume();
  }

  /** Says that it lives, asked or not. */
  pong(): void {
    this.#ws.send('3');
  }

  close(): void {
    this.#ws.close();
  }
}

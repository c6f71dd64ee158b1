import { WebSocket } from 'ws';

/**
 * A Socket.IO v5 client on a bare WebSocket, as cheap as can be: a load generator should spend its time on the server.
 * Text packets only; see docs/protocol.md for the framing.
 */
export class RawSocket {
  readonly #ws: WebSocket;
  readonly #answers = new Map<number, (answer: unknown) => void>();
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
      ws.on('close', () => { reject(new Error('closed before it was connected')); socket.onClose(); });
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
    this.#answers.get(id)?.((JSON.parse(packet.slice(start)) as unknown[])[0]);
    this.#answers.delete(id);
  }

  /** Resolves with the acknowledgement's first argument. */
  call<T>(name: string, argument: unknown): Promise<T> {
    const id = this.#nextAck++;
    return new Promise<T>((resolve) => {
      this.#answers.set(id, (answer) => resolve(answer as T));
      this.#ws.send(`42${id}${JSON.stringify([name, argument])}`);
    });
  }

  close(): void {
    this.#ws.close();
  }
}

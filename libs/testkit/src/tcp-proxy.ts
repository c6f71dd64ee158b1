import { connect, createServer, type Socket } from 'node:net';
import { freePort } from '@parley/servers';

/** To the server, or to the client. */
export type Direction = 'up' | 'down';

export type Target = { port: number; host?: string };

/** Stands between a client and its server, and does to what passes what networks do. */
export type TcpProxy = {
  readonly port: number;
  /** Connections that stand at present. */
  readonly connections: number;
  /** Bytes are kept back from now on, in order; the connection stands. Without a direction: both. */
  hold(direction?: Direction): void;
  /** Lets go on what was held back, unless it was {@link forget}. */
  release(): void;
  /** Loses what is held back, and with it the connections it was on: a stream cannot go on with a piece missing. */
  forget(): void;
  /** Each piece arrives so much later, milliseconds; in order. 0: at once. */
  delay(ms: number): void;
  /** Ends every connection by a reset; new ones may come. */
  cut(): void;
  /** Takes no new connections, and ends those that stand; until {@link allow}. */
  refuse(): void;
  allow(): void;
  /** New connections go there from now on. */
  redirect(target: Target): void;
  /** Told of each piece as it arrives, before anything is done to it. */
  onData: ((direction: Direction, piece: Buffer) => void) | null;
  close(): Promise<void>;
};

/** What one way of one connection may hold back; more, and its sender is no longer read from. */
const HELD_BYTES = 8 * 1024 * 1024;

class Way {
  readonly #to: Socket;
  readonly #from: Socket;
  #held: Buffer[] = [];
  #bytes = 0;
  #late: { piece: Buffer; dueAt: number }[] = [];
  #ended = false;
  #drains = false;

  constructor(from: Socket, to: Socket) {
    this.#from = from;
    this.#to = to;
  }

  get holdsBack(): boolean {
    return this.#held.length > 0;
  }

  take(piece: Buffer, isHeld: boolean, delayMs: number): void {
    if (isHeld || this.holdsBack) {
      this.#held.push(piece);
      this.#bytes += piece.length;
      if (this.#bytes > HELD_BYTES) this.#from.pause();
      return;
    }
    if (delayMs === 0 && this.#late.length === 0) return this.#write(piece);
    // Not before those ahead of it, whose delay may have been longer.
    const dueAt = Math.max(performance.now() + delayMs, this.#late.at(-1)?.dueAt ?? 0);
    this.#late.push({ piece, dueAt });
    if (this.#late.length === 1) this.#passLate();
  }

  #passLate(): void {
    for (let next = this.#late[0]; next; next = this.#late[0]) {
      const leftMs = next.dueAt - performance.now();
      if (leftMs > 0) return void setTimeout(() => this.#passLate(), leftMs);
      this.#late.shift();
      this.#write(next.piece);
    }
    this.#endIfDone();
  }

  release(): void {
    const held = this.#held;
    this.#held = [];
    this.#bytes = 0;
    for (const piece of held) this.#write(piece);
    this.#from.resume();
    this.#endIfDone();
  }

  end(): void {
    this.#ended = true;
    this.#endIfDone();
  }

  #endIfDone(): void {
    if (this.#ended && !this.holdsBack && this.#late.length === 0) this.#to.end();
  }

  #write(piece: Buffer): void {
    if (!this.#to.writable || this.#to.write(piece) || this.#drains) return;
    this.#drains = true;
    this.#from.pause();
    this.#to.once('drain', () => {
      this.#drains = false;
      if (!this.holdsBack) this.#from.resume();
    });
  }
}

type Link = { client: Socket; server: Socket; up: Way; down: Way };

/** `host`: where it listens; default 127.0.0.1. */
export const startTcpProxy = async (first: Target, { host = '127.0.0.1' }: { host?: string } = {}): Promise<TcpProxy> => {
  let target = first;
  const links = new Set<Link>();
  const held: Record<Direction, boolean> = { up: false, down: false };
  let delayMs = 0;
  let refuses = false;

  const end = (link: Link): void => {
    links.delete(link);
    link.client.resetAndDestroy();
    link.server.resetAndDestroy();
  };
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    client.on('error', () => undefined);
    if (refuses) return void client.resetAndDestroy();
    const server = connect({ port: target.port, host: target.host ?? '127.0.0.1', allowHalfOpen: true, noDelay: true });
    const link: Link = { client, server, up: new Way(client, server), down: new Way(server, client) };
    links.add(link);
    const follow = (from: Socket, way: Way, direction: Direction): void => {
      from.on('data', (piece: Buffer) => {
        proxy.onData?.(direction, piece);
        way.take(piece, held[direction], delayMs);
      });
      from.on('end', () => way.end());
      from.on('error', () => end(link));
      from.on('close', () => {
        if (client.destroyed && server.destroyed) links.delete(link);
      });
    };
    follow(client, link.up, 'up');
    follow(server, link.down, 'down');
  });
  const port = await freePort();
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(port, host, resolve);
  });

  const proxy: TcpProxy = {
    port,
    get connections() {
      return links.size;
    },
    hold(direction) {
      if (direction !== 'down') held.up = true;
      if (direction !== 'up') held.down = true;
    },
    release() {
      held.up = false;
      held.down = false;
      for (const { up, down } of links) {
        up.release();
        down.release();
      }
    },
    forget() {
      for (const link of links) if (link.up.holdsBack || link.down.holdsBack) end(link);
    },
    delay(ms) {
      delayMs = ms;
    },
    cut() {
      for (const link of links) end(link);
    },
    refuse() {
      refuses = true;
      proxy.cut();
    },
    allow() {
      refuses = false;
    },
    redirect(next) {
      target = next;
    },
    onData: null,
    close: () => new Promise((resolve) => {
      proxy.cut();
      listener.close(() => resolve());
    }),
  };
  return proxy;
};

import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandAnswer, RoomId, ServerEvent } from '@parley/protocol';
import { RawSocket } from '@parley/testkit/raw-socket';
import type { Random } from '../random.ts';

/** As the reference client comes back: see docs/protocol.md. */
const BACK_MIN_MS = 500;
const BACK_MAX_MS = 15_000;
const CONNECT_MS = 10_000;
const EVENTS = '42["room:events"';

/** One device that listens in a few rooms and comes back by itself, as cheaply as can be. */
export class Device {
  readonly #url: string;
  readonly #token: string;
  readonly #seqs: Map<RoomId, number>;
  readonly #random: Random;
  #socket: RawSocket | null = null;
  #isClosed = false;
  /** Connected, in all its rooms, and level with them as they were then. */
  inSync = false;

  constructor(url: string, token: string, roomIds: readonly RoomId[], random: Random) {
    this.#url = url;
    this.#token = token;
    this.#seqs = new Map(roomIds.map((roomId) => [roomId, 0]));
    this.#random = random;
  }

  get rooms(): ReadonlyMap<RoomId, number> {
    return this.#seqs;
  }

  /** Resolves when it is let in for the first time. */
  open(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    void this.#stay(resolve);
    return promise;
  }

  close(): void {
    this.#isClosed = true;
    this.#socket?.close();
  }

  async #stay(onIn: () => void): Promise<void> {
    let waitMs = BACK_MIN_MS;
    for (let isMember = false; !this.#isClosed; ) {
      const entered = await this.#enter(isMember).catch(() => null);
      if (entered) {
        isMember = true;
        waitMs = BACK_MIN_MS;
        onIn();
        await entered.closed;
        this.inSync = false;
      }
      await sleep(waitMs * (0.5 + this.#random.next() / 2));
      waitMs = Math.min(BACK_MAX_MS, 2 * waitMs);
    }
  }

  async #enter(resume: boolean): Promise<{ closed: Promise<void> }> {
    const socket = await RawSocket.open(this.#url, { token: this.#token, protocol: 1 }, { timeoutMs: CONNECT_MS });
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    this.#socket = socket;
    socket.onClose = resolve;
    socket.onEvent = (packet) => this.#hear(packet);
    try {
      await this.#join(socket, resume);
    } catch (error) {
      socket.close();
      throw error;
    }
    this.inSync = true;
    return { closed };
  }

  async #join(socket: RawSocket, resume: boolean): Promise<void> {
    const joined = await socket.call<CommandAnswer<'room:join'>>('room:join', { roomIds: [...this.#seqs.keys()], ...(resume ? { resume } : {}) });
    if (!joined.ok || !('rooms' in joined)) throw new Error(`not let in: ${JSON.stringify(joined)}`);
    for (const outcome of joined.rooms) {
      if (!outcome.ok) throw new Error(`not let into ${outcome.roomId}: ${outcome.error.code}`);
      const { room: { id }, seq } = outcome;
      if (resume) await this.#sync(socket, id, seq);
      else this.#seqs.set(id, Math.max(seq, this.#seqs.get(id)!));
    }
  }

  async #sync(socket: RawSocket, roomId: RoomId, head: number): Promise<void> {
    while (this.#seqs.get(roomId)! < head) {
      const answer = await socket.call<CommandAnswer<'room:sync'>>('room:sync', { roomId, epoch: 1, after: this.#seqs.get(roomId) });
      if (!answer.ok) throw new Error(`no sync: ${answer.error.code}`);
      for (const { seq } of answer.events) this.#apply(roomId, seq);
    }
  }

  /** What comes too early is not kept: what is missing then is asked for. */
  #apply(roomId: RoomId, seq: number): void {
    const known = this.#seqs.get(roomId)!;
    if (seq === known + 1) this.#seqs.set(roomId, seq);
    else if (seq > known + 1 && this.inSync) this.#fill(roomId, seq);
  }

  #fill(roomId: RoomId, head: number): void {
    const socket = this.#socket;
    if (!socket) return;
    this.inSync = false;
    this.#sync(socket, roomId, head).then(() => (this.inSync = true), () => socket.close());
  }

  #hear(packet: string): void {
    if (!packet.startsWith(EVENTS)) return;
    const [, { roomId, events }] = JSON.parse(packet.slice(2)) as [string, ServerEvent<'room:events'>];
    for (const { seq } of events) this.#apply(roomId, seq);
  }
}

import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import {
  COMMANDS, foldMessages, handshakeSchema, LIMITS, ProtocolError, wireError,
  type Cmid, type CommandName, type CommandResponse, type ErrorCode, type EventData, type EventId, type EventType, type RoomEvent, type RoomId, type RoomView, type SanctionView, type UserId, type UserView, type WireError,
} from '@parley/protocol';

/** Chances in [0, 1] that something goes wrong, each time it could. */
export type Faults = {
  /** The command is refused as busy; nothing happens. */
  refuse: number;
  /** The command is carried out and never answered. */
  loseAck: number;
  /** The command is carried out and the socket cut instead of an answer. */
  cut: number;
  /** A hint to one socket is not sent, sent twice, or sent after later ones. */
  dropHint: number;
  repeatHint: number;
  delayHint: number;
  /** A sync is answered `reload`. */
  reload: number;
};
export const NO_FAULTS: Faults = { refuse: 0, loseAck: 0, cut: 0, dropHint: 0, repeatHint: 0, delayHint: 0, reload: 0 };

type Room = { id: RoomId; epoch: number; kind: 'public'; name: string; events: RoomEvent[]; members: Set<UserId>; answers: Map<string, RoomEvent> };
type Command = { name: CommandName; user: UserView; request: Record<string, unknown> };

const ULID_LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const pad = (n: number, base: string, length: number): string => {
  let text = '';
  for (let rest = n; text.length < length; rest = Math.floor(rest / base.length)) text = base[rest % base.length]! + text;
  return text;
};
export const userId = (n: number): UserId => `u${pad(n, ULID_LETTERS, 26).toLowerCase()}` as UserId;
export const roomId = (n: number): RoomId => `r00${pad(n, '0123456789abcdefghijklmnopqrstuv', 24)}` as RoomId;
export const sessionOf = (n: number): { token: string; user: UserView } => ({ token: `user ${n}`, user: { id: userId(n), name: `User ${n}` } });

/** A gateway in memory that speaks the wire contract, and breaks it as a network would, on demand. */
export class FakeGateway {
  readonly rooms = new Map<RoomId, Room>();
  /** Every command that arrived, also those refused or cut. */
  readonly seen: Command[] = [];
  faults: Faults = NO_FAULTS;
  /** Answers the next commands of these names with an error, once per entry, before anything is done. */
  readonly failNext: { name: CommandName; code: ErrorCode; retryAfterMs?: number; sanction?: WireError['sanction'] }[] = [];
  /** What `sanction:list` answers. */
  sanctions: SanctionView[] = [];
  /** The token that `session:refresh` answers. */
  nextToken = '';
  /** Refuses connections with this code. */
  refuseConnections: ErrorCode | null = null;
  /** And says so. */
  comeAgainMs: number | undefined;
  /** Lets in whoever comes, at once or later. */
  door = (letIn: () => void): void => letIn();
  /** How many have come to the door. */
  arrived = 0;
  /** How many it refused. */
  refused = 0;
  /** Events in one page of `room:sync`. */
  syncPage = 7;
  /** Called with a history page before it is answered. */
  beforeHistoryAnswer: () => void | Promise<void> = () => {};
  /** What `presence:watch` answers. */
  presence: (userIds: UserId[]) => CommandResponse<'presence:watch'> = () => ({ online: 0, away: 0, complete: true, users: [] });
  readonly #random: () => number;
  #http: HttpServer | null = null;
  #io: Server | null = null;
  #port = 0;
  #ids = 0;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #headDue = new Set<RoomId>();

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Starts, or comes back on the same port with the same rooms. */
  async start(): Promise<this> {
    const http = createServer();
    this.#http = http;
    this.#io = new Server(http, { serveClient: false, transports: ['websocket', 'polling'] });
    this.#io.use((_, next) => {
      this.arrived += 1;
      this.door(next);
    });
    this.#io.use((socket, next) => {
      const auth = handshakeSchema.safeParse(socket.handshake.auth);
      const number = auth.success ? /^user (\d+)$/.exec(auth.data.token)?.[1] : undefined;
      const code = this.refuseConnections ?? (number === undefined ? 'unauthenticated' : null);
      if (code) {
        this.refused += 1;
        return next(Object.assign(new Error(code), { data: wireError(code, undefined, this.comeAgainMs) }));
      }
      socket.data = { user: sessionOf(Number(number)).user };
      next();
    });
    this.#io.on('connection', (socket) => this.#serve(socket));
    await new Promise<void>((resolve) => http.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (http.address() as AddressInfo).port;
    return this;
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#headDue.clear();
    this.#http?.closeAllConnections();
    await this.#io?.close();
    this.#io = null;
  }

  addRoom(n: number): Room {
    const room: Room = { id: roomId(n), epoch: 1, kind: 'public', name: `Room ${n}`, events: [], members: new Set(), answers: new Map() };
    this.rooms.set(room.id, room);
    this.append(room, null, null, [['room.created', { name: room.name, kind: 'public' }]]);
    return room;
  }

  append(room: Room, by: UserId | null, cmid: Cmid | null, news: { [T in EventType]: [T, EventData<T>] }[EventType][]): RoomEvent[] {
    const events = news.map(([type, data], n) => ({
      roomId: room.id, epoch: room.epoch, seq: room.events.length + 1 + n, id: this.#newId(), type, by, at: Date.now(), data, cmid,
    }) as RoomEvent);
    room.events.push(...events);
    return events;
  }

  /** Something said by nobody's client, with its hint. */
  say(room: Room, by: UserId, body: string): RoomEvent {
    const events = this.append(room, by, null, [['message.created', { name: 'Somebody', body }]]);
    this.#tell(room, events);
    return events[0]!;
  }

  /** The log goes on in the next epoch, without its last `lost` events. */
  openEpoch(room: Room, lost = 0): void {
    room.events.length -= lost;
    const last = room.events[room.events.length - 1]!;
    room.epoch += 1;
    for (const [key, event] of room.answers) if (event.seq > last.seq) room.answers.delete(key);
    this.#tell(room, this.append(room, null, null, [['epoch.opened', { prevEpoch: last.epoch, prevSeq: last.seq, prevId: last.id, reason: 'test' }]]));
  }

  /** To every socket that listens to the room, as it is. */
  broadcast(room: Room, name: string, payload: unknown): void {
    this.#io?.to(room.id).emit(name, payload);
  }

  /** Appends, and tells everybody. */
  happens(room: Room, by: UserId | null, ...news: { [T in EventType]: [T, EventData<T>] }[EventType][]): void {
    this.#tell(room, this.append(room, by, null, news));
  }

  toAll(name: string, payload: unknown): void {
    this.#io?.emit(name, payload);
  }

  cutAll(): void {
    for (const socket of this.#io?.sockets.sockets.values() ?? []) socket.conn.close();
  }

  /** Heads that are still to be told. */
  get headsDue(): number {
    return this.#headDue.size;
  }

  get connections(): number {
    return this.#io?.sockets.sockets.size ?? 0;
  }

  #newId(): EventId {
    this.#ids += 1;
    return pad(this.#ids, ULID_LETTERS, 26) as EventId;
  }

  #chance(fault: keyof Faults): boolean {
    return this.#random() < this.faults[fault];
  }

  #later(ms: number, then: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      then();
    }, ms);
    this.#timers.add(timer);
  }

  #serve(socket: Socket): void {
    const { user } = socket.data as { user: UserView };
    for (const name of Object.keys(COMMANDS) as CommandName[]) {
      socket.on(name, (raw: unknown, answer: (answer: unknown) => void) => void this.#answer(socket, user, name, raw, answer));
    }
  }

  async #answer(socket: Socket, user: UserView, name: CommandName, raw: unknown, answer: (answer: unknown) => void): Promise<void> {
    const parsed = COMMANDS[name].request.safeParse(raw);
    if (!parsed.success) return answer({ ok: false, error: wireError('bad_request', parsed.error.message) });
    const request = parsed.data as Record<string, unknown>;
    this.seen.push({ name, user, request });
    const planned = this.failNext.findIndex((each) => each.name === name);
    if (planned >= 0) {
      const { code, retryAfterMs, sanction } = this.failNext.splice(planned, 1)[0]!;
      return answer({ ok: false, error: wireError(code, undefined, retryAfterMs, sanction) });
    }
    if (this.#chance('refuse')) return answer({ ok: false, error: wireError('busy') });
    let result: Record<string, unknown>;
    try {
      result = { ok: true, ...(await this.#carryOut(socket, user, name, request)) };
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return answer({ ok: false, error: error.toWire() });
    }
    if (this.#chance('loseAck')) return;
    if (this.#chance('cut')) socket.conn.close();
    else answer(result);
  }

  async #carryOut(socket: Socket, user: UserView, name: CommandName, request: Record<string, unknown>): Promise<object> {
    if (name === 'room:create') {
      const room = this.addRoom(500 + this.rooms.size);
      room.members.add(user.id);
      return { room: this.#info(room, user), epoch: room.epoch, seq: room.events.length };
    }
    if (name === 'presence:set') return {};
    if (name === 'sanction:list') return { sanctions: this.sanctions };
    if (name === 'session:refresh') return { token: this.nextToken, expiresAt: Date.now() + 3_600_000 };
    if (name === 'user:get') return { users: [user] };
    if (name === 'room:list') return { rooms: [...this.rooms.values()].map((room) => this.#info(room, user)), next: null };
    if (name === 'room:join' && 'roomIds' in request) {
      const rooms = (request['roomIds'] as RoomId[]).map((id) => {
        try {
          if (request['resume'] === true && this.rooms.get(id)?.members.has(user.id) === false) throw new ProtocolError('not_member');
          return { ok: true, ...this.#join(socket, user, id) };
        } catch (error) {
          return { ok: false, roomId: id, error: (error as ProtocolError).toWire() };
        }
      });
      return { rooms };
    }
    const id = request['roomId'] as RoomId;
    if (name === 'room:join') return this.#join(socket, user, id);
    const room = this.rooms.get(id);
    if (!room) throw new ProtocolError('room_not_found');
    if (!room.members.has(user.id)) throw new ProtocolError('not_member');
    switch (name) {
      case 'room:sync': return this.#sync(room, request as never);
      case 'room:history': return this.#history(room, request as never);
      case 'presence:watch': return this.presence((request['userIds'] ?? []) as UserId[]);
      case 'presence:unwatch': return {};
      case 'typing:set':
        socket.to(id).emit('typing:changed', { roomId: id, userId: user.id, name: user.name, typing: request['typing'] });
        return {};
      case 'room:members': return { members: [...room.members].map((member) => ({ userId: member, name: '', role: 'member' })), next: null };
      default: return this.#change(room, user, name, request);
    }
  }

  #info(room: Room, user: UserView): RoomView {
    return { id: room.id, kind: room.kind, name: room.name, topic: '', createdAt: 0, memberCount: room.members.size, role: room.members.has(user.id) ? 'member' : null };
  }

  #join(socket: Socket, user: UserView, id: RoomId): object {
    const room = this.rooms.get(id);
    if (!room) throw new ProtocolError('room_not_found');
    if (!room.members.has(user.id)) {
      room.members.add(user.id);
      this.#tell(room, this.append(room, user.id, null, [['member.joined', { userId: user.id, name: user.name, role: 'member' }]]));
    }
    void socket.join(id);
    return { room: this.#info(room, user), epoch: room.epoch, seq: room.events.length };
  }

  #sync(room: Room, { epoch, after }: { epoch: number; after: number }): object {
    if (epoch < room.epoch || room.events.length - after > LIMITS.syncGap || this.#chance('reload')) throw new ProtocolError('reload');
    const events = room.events.slice(after, after + this.syncPage);
    return { epoch: room.epoch, seq: room.events.length, events, more: after + events.length < room.events.length };
  }

  async #history(room: Room, { before, limit }: { before?: number; limit: number }): Promise<object> {
    const answer = { epoch: room.epoch, seq: room.events.length };
    const all = [...foldMessages(new Map(), room.events).values()].filter((message) => message.seq < (before ?? Infinity));
    await this.beforeHistoryAnswer();
    return { ...answer, messages: all.slice(-limit), more: all.length > limit };
  }

  #change(room: Room, user: UserView, name: CommandName, request: Record<string, unknown>): object {
    const cmid = request['cmid'] as Cmid;
    const key = `${user.id}:${cmid}`;
    let first = room.answers.get(key);
    if (!first) {
      const events = this.append(room, user.id, cmid, [this.#decide(user, name, request)]);
      first = events[0]!;
      room.answers.set(key, first);
      if (name === 'room:leave') room.members.delete(user.id);
      this.#tell(room, events);
    }
    return { epoch: first.epoch, seq: first.seq, id: first.id };
  }

  #decide(user: UserView, name: CommandName, request: Record<string, unknown>): { [T in EventType]: [T, EventData<T>] }[EventType] {
    const messageId = request['messageId'] as EventId;
    const body = request['body'] as string;
    switch (name) {
      case 'message:send': return ['message.created', { name: user.name, body }];
      case 'message:edit': return ['message.edited', { messageId, body }];
      case 'message:delete': return ['message.deleted', { messageId }];
      case 'message:hide': return ['message.hidden', { messageId, reason: request['reason'] as string }];
      case 'message:restore': return ['message.restored', { messageId }];
      case 'room:leave': return ['member.left', { userId: user.id }];
      default: throw new ProtocolError('unknown_event');
    }
  }

  #tell(room: Room, events: RoomEvent[]): void {
    for (const id of this.#io?.sockets.adapter.rooms.get(room.id) ?? []) {
      const socket = this.#io?.sockets.sockets.get(id);
      const tell = (): void => void socket?.emit('room:events', { roomId: room.id, epoch: room.epoch, events });
      if (this.#chance('dropHint')) continue;
      if (this.#chance('delayHint')) this.#later(this.#random() * 20, tell);
      else tell();
      if (this.#chance('repeatHint')) this.#later(this.#random() * 20, tell);
    }
    if (this.#headDue.has(room.id)) return;
    this.#headDue.add(room.id);
    this.#later(15, () => {
      this.#headDue.delete(room.id);
      this.broadcast(room, 'room:head', { roomId: room.id, epoch: room.epoch, seq: room.events.length });
    });
  }
}

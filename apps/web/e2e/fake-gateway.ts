import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { Server, type Socket } from 'socket.io';
import {
  COMMANDS, ProtocolError, SESSION_PATH, wireError,
  type ClientToServerEvents, type CommandName, type CommandRequest, type CommandResponse, type EventId, type MessageView, type RoomEvent, type RoomId, type RoomView, type SanctionView, type ServerToClientEvents, type UserId, type UserView,
} from '@parley/protocol';
import { FakeModeration } from './fake-moderation.ts';
import { moderationHandlers } from './fake-moderation-handlers.ts';
import { FakePresence } from './fake-presence.ts';
import { FakeRoom, newUserId } from './fake-room.ts';

export type Handlers = { [N in CommandName]?: (request: CommandRequest<N>, user: UserView, socket: FakeSocket) => CommandResponse<N> };
export type FakeSocket = Socket<ClientToServerEvents, ServerToClientEvents, Record<string, never>, { user: UserView }>;

const DIST = join(import.meta.dirname, '../dist');
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

/**
 * Just enough of a gateway, in memory, to bring the web client into states that a real one reaches only by accident:
 * a message refused, an answer that does not come, a room of ten thousand messages. Also serves what vite built.
 */
export class FakeGateway {
  readonly rooms = new Map<RoomId, FakeRoom>();
  readonly users = new Map<UserId, UserView>();
  readonly moderation = new FakeModeration(this.rooms, this.users);
  /** Called before each command: throw a {@link ProtocolError} to refuse it, answer `'silent'` to leave it unanswered. */
  intercept: (name: CommandName, request: unknown) => 'silent' | void | Promise<'silent' | void> = () => {};
  readonly presence = new FakePresence((userId) => {
    for (const room of this.rooms.values()) {
      if (room.members.has(userId)) this.#io.to(`presence:${room.id}`).emit('presence:changed', { ...this.presence.of(room, []), roomId: room.id, users: [this.presence.view(userId)] });
    }
  });
  /** Whom each `presence:watch` named. */
  readonly windows: (readonly UserId[])[] = [];
  readonly #tokens = new Map<string, UserView>();
  readonly #http = createServer((request, response) => void this.#serve(request, response));
  readonly #io = new Server<ClientToServerEvents, ServerToClientEvents, Record<string, never>, { user: UserView }>(this.#http, { serveClient: false });

  static async start(port = 0): Promise<FakeGateway> {
    const gateway = new FakeGateway();
    await new Promise<void>((resolve) => { gateway.#http.listen(port, '127.0.0.1', resolve); });
    return gateway;
  }

  private constructor() {
    this.#io.use((socket, next) => {
      const user = this.#tokens.get(String(socket.handshake.auth['token']));
      if (!user) return next(Object.assign(new Error('unauthenticated'), { data: wireError('unauthenticated') }));
      const ban = this.moderation.sanction(user.id, null, 'ban');
      if (ban) return next(Object.assign(new Error('banned'), { data: wireError('banned', undefined, undefined, ban) }));
      socket.data.user = user;
      next();
    });
    this.#io.on('connection', (socket) => this.#connected(socket));
  }

  get url(): string {
    return `http://localhost:${(this.#http.address() as AddressInfo).port}`;
  }

  user(name: string): UserView {
    const user = { id: newUserId(), name };
    this.users.set(user.id, user);
    return user;
  }

  room(kind: 'public' | 'private', name: string, creator: UserView): FakeRoom {
    const room = new FakeRoom(kind, name, creator);
    this.rooms.set(room.id, room);
    return room;
  }

  /** Tells a room's listeners what was appended to it. */
  tell(room: FakeRoom, ...events: (RoomEvent | null)[]): void {
    const news = events.filter((event) => event !== null);
    if (news.length > 0) this.#io.to(room.id).emit('room:events', { roomId: room.id, epoch: 1, events: news });
  }

  typing(room: FakeRoom, user: UserView, typing = true): void {
    this.#io.to(room.id).emit('typing:changed', { roomId: room.id, userId: user.id, name: user.name, typing });
  }

  disconnectAll(): void {
    this.#io.disconnectSockets(true);
  }

  /** Told to every socket, or to those of one user. */
  emit<N extends keyof ServerToClientEvents>(name: N, event: Parameters<ServerToClientEvents[N]>[0], userId?: UserId): void {
    const to = userId === undefined ? this.#io : this.#io.to(userId);
    to.emit(name, ...([event] as unknown as Parameters<ServerToClientEvents[N]>));
  }

  /** A ban of the whole server. */
  banUser(userId: UserId, forMs: number | null, reason: string, by: UserView): SanctionView {
    const ban = this.moderation.impose('ban', userId, null, forMs, reason, by);
    this.emit('session:ended', { error: wireError('banned', undefined, undefined, ban) }, userId);
    this.#io.in(userId).disconnectSockets(true);
    return ban;
  }

  /** Ends every session: the next connection is refused. */
  forgetSessions(): void {
    this.#tokens.clear();
    this.disconnectAll();
  }

  async stop(): Promise<void> {
    await this.#io.close();
  }

  #connected(socket: FakeSocket): void {
    const { user } = socket.data;
    void socket.join(user.id);
    this.presence.set(user.id, 'online');
    socket.on('disconnect', () => {
      if (!this.#io.sockets.adapter.rooms.has(user.id)) this.presence.set(user.id, 'offline', Date.now());
    });
    for (const name of Object.keys(COMMANDS) as CommandName[]) {
      const listener = async (input: unknown, answer: (answer: unknown) => void) => {
        try {
          if (await this.intercept(name, input) === 'silent') return;
          const handler = this.#handlers[name] as ((request: unknown, user: UserView, socket: FakeSocket) => object) | undefined;
          if (!handler) throw new ProtocolError('unknown_event');
          answer({ ok: true, ...handler(COMMANDS[name].request.parse(input), user, socket) });
        } catch (error) {
          answer({ ok: false, error: error instanceof ProtocolError ? error.toWire() : wireError('bad_request', String(error)) });
        }
      };
      (socket as unknown as { on: (name: string, listener: unknown) => void }).on(name, listener);
    }
  }

  #room(id: RoomId, user: UserView): FakeRoom {
    const room = this.rooms.get(id);
    if (!room || (room.kind !== 'public' && !room.members.has(user.id))) throw new ProtocolError('room_not_found');
    return room;
  }

  /** Whether it may be said. */
  #heldAgainst(room: FakeRoom, user: UserView): void {
    const mute = this.moderation.sanction(user.id, room.id, 'mute');
    if (mute) throw new ProtocolError('muted', undefined, { sanction: mute });
    if (room.members.get(user.id)?.role !== 'member') return;
    if (room.readOnly) throw new ProtocolError('read_only');
    const waitMs = (room.said.get(user.id) ?? 0) + room.slowModeMs - Date.now();
    if (room.slowModeMs > 0 && waitMs > 0) throw new ProtocolError('slow_mode', undefined, { retryAfterMs: waitMs });
    room.said.set(user.id, Date.now());
  }

  #ownMessage(room: FakeRoom, id: EventId, user: UserView): MessageView {
    const message = room.message(id);
    if (!message || message.body === null) throw new ProtocolError('message_not_found');
    if (message.by !== user.id) throw new ProtocolError('forbidden');
    return message;
  }

  #did(room: FakeRoom, event: RoomEvent): { epoch: number; seq: number; id: EventId } {
    queueMicrotask(() => this.tell(room, event));
    return { epoch: 1, seq: event.seq, id: event.id };
  }

  #listen(room: FakeRoom, user: UserView, socket: FakeSocket): { room: RoomView; epoch: number; seq: number } {
    this.tell(room, room.join(user));
    void socket.join(room.id);
    return { room: room.view(user.id), epoch: 1, seq: room.seq };
  }

  readonly #handlers: Handlers = {
    'room:create': (request, user, socket) => {
      if (request.kind !== 'direct') return this.#listen(this.room(request.kind, request.name, user), user, socket);
      const peer = this.users.get(request.userId);
      if (!peer) throw new ProtocolError('user_not_found');
      const known = [...this.rooms.values()].find((room) => room.pair?.includes(user.id) && room.pair.includes(peer.id));
      const room = known ?? new FakeRoom('direct', '', user, peer);
      this.rooms.set(room.id, room);
      this.#io.to(peer.id).emit('room:added', { room: room.view(peer.id) });
      return this.#listen(room, user, socket);
    },
    'room:join': (request, user, socket) => {
      if ('roomId' in request) {
        const ban = this.moderation.sanction(user.id, request.roomId, 'ban');
        if (ban) throw new ProtocolError('banned', undefined, { sanction: ban });
        return this.#listen(this.#room(request.roomId, user), user, socket);
      }
      return { rooms: request.roomIds.map((id) => ({ ok: true as const, ...this.#listen(this.#room(id, user), user, socket) })) };
    },
    'room:leave': (request, user, socket) => {
      const room = this.#room(request.roomId, user);
      const event = room.leave(user);
      void socket.leave(room.id);
      socket.emit('room:removed', { roomId: room.id });
      return this.#did(room, event);
    },
    'room:list': ({ scope }, user) => {
      const rooms = [...this.rooms.values()].filter((room) => (scope === 'mine' ? room.members.has(user.id) : room.kind === 'public'));
      return { rooms: rooms.map((room) => room.view(user.id)), next: null };
    },
    'room:members': ({ roomId }, user) => ({ members: [...this.#room(roomId, user).members.values()], next: null }),
    'room:sync': ({ roomId, after }, user) => {
      const room = this.#room(roomId, user);
      const events = room.events.slice(after, after + 500);
      return { epoch: 1, seq: room.seq, events, more: after + events.length < room.seq };
    },
    'room:history': ({ roomId, before, limit }, user) => {
      const room = this.#room(roomId, user);
      return { epoch: 1, seq: room.seq, ...room.history(before, limit) };
    },
    'message:send': ({ roomId, body, cmid }, user) => {
      const room = this.#room(roomId, user);
      this.#heldAgainst(room, user);
      return this.#did(room, room.say(user, body, { cmid }));
    },
    'message:edit': ({ roomId, messageId, body, cmid }, user) => {
      const room = this.#room(roomId, user);
      this.#ownMessage(room, messageId, user);
      return this.#did(room, room.append('message.edited', { messageId, body }, { by: user, cmid }));
    },
    'message:delete': ({ roomId, messageId, cmid }, user) => {
      const room = this.#room(roomId, user);
      if (!this.moderation.moderates(room, user)) this.#ownMessage(room, messageId, user);
      return this.#did(room, room.append('message.deleted', { messageId }, { by: user, cmid }));
    },
    'member:add': ({ roomId, userId }, user) => {
      const room = this.#room(roomId, user);
      const added = this.users.get(userId);
      if (!added) throw new ProtocolError('user_not_found');
      const event = room.join(added) ?? room.events.at(-1);
      this.#io.to(userId).emit('room:added', { room: room.view(userId) });
      if (!event) throw new ProtocolError('internal');
      return this.#did(room, event);
    },
    'member:role': ({ roomId, userId, role, cmid }, user) => {
      const room = this.#room(roomId, user);
      return this.#did(room, room.setRole(userId, role, { by: user, cmid }));
    },
    'room:update': ({ roomId, cmid, name, topic, slowModeMs, readOnly }, user) => {
      const room = this.#room(roomId, user);
      const change = Object.fromEntries(Object.entries({ name, topic, slowModeMs, readOnly }).filter(([, value]) => value !== undefined));
      Object.assign(room, change);
      return this.#did(room, room.append('room.updated', change, { by: user, cmid }));
    },
    ...moderationHandlers({
      moderation: this.moderation, rooms: this.rooms,
      did: (room, event) => this.#did(room, event),
      emit: (name, event, userId) => this.emit(name, event, userId),
      deafen: (userId, roomId) => this.#io.in(userId).socketsLeave(roomId),
      banUser: (userId, forMs, reason, by) => this.banUser(userId, forMs, reason, by),
      newToken: (user) => {
        const token = `token-${user.id}-${this.#tokens.size}`;
        this.#tokens.set(token, user);
        return token;
      },
    }),
    'presence:set': ({ status }, user) => {
      this.presence.set(user.id, status);
      return {};
    },
    'presence:watch': ({ roomId, userIds = [] }, user, socket) => {
      const room = this.#room(roomId, user);
      this.windows.push(userIds);
      void socket.join(`presence:${roomId}`);
      return this.presence.of(room, userIds);
    },
    'presence:unwatch': ({ roomId }, _user, socket) => {
      void socket.leave(`presence:${roomId}`);
      return {};
    },
    'typing:set': ({ roomId, typing }, user, socket) => {
      socket.to(roomId).emit('typing:changed', { roomId, userId: user.id, name: user.name, typing });
      return {};
    },
    'user:get': ({ userIds }) => ({ users: userIds.flatMap((id) => this.users.get(id) ?? []) }),
  };

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (path === SESSION_PATH) {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      const user = this.user((JSON.parse(body) as { name: string }).name);
      const token = `token-${user.id}`;
      this.#tokens.set(token, user);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ token, expiresAt: Date.now() + 3_600_000, user }));
      return;
    }
    const file = join(DIST, normalize(path === '/' ? '/index.html' : path));
    if (!file.startsWith(DIST) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404);
      response.end();
      return;
    }
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    });
    createReadStream(file).pipe(response);
  }
}

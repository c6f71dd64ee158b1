import { monotonicFactory } from 'ulid';
import { LIMITS, type Activity, type After, type Cmid, type CommandInput, type CommandName, type CommandResponse, type RoomEvent, type RoomId, type RoomView as RoomInfo, type ServerEventName, type UserId, type UserView } from '@parley/protocol';
import { Backoff } from './backoff.ts';
import { Connection, type ConnectionStatus } from './connection.ts';
import { Emitter, type Unsubscribe } from './emitter.ts';
import { asChatError, endsSession, localError, type ChatError } from './errors.ts';
import { checkHint, isRoomHint } from './incoming.ts';
import { LastWins } from './last-wins.ts';
import { DEFAULT_TIMINGS, type ClientOptions, type Session, type Timings } from './options.ts';
import { Outbox, type OutboxEntry } from './outbox.ts';
import { memoryOutbox } from './outbox-storage.ts';
import type { Joined, RoomContext } from './room-context.ts';
import { RoomHandle } from './room.ts';
import type { Scope } from './scope.ts';

export type ClientEvents = {
  status: { status: ConnectionStatus; /** Why not online, where known. */ error: ChatError | null };
  /** The session is over or was never good: sign in, then `renew`. */
  session: { error: ChatError };
  /** This user became a member of a room, or ceased to be, by another's act or on another device. */
  room: { change: 'added'; room: RoomInfo } | { change: 'removed'; roomId: RoomId };
  /** Events of any open room, each once and in order per room. */
  events: { roomId: RoomId; events: readonly RoomEvent[] };
  /** An item of the outbox changed its state. */
  outbox: { roomId: RoomId; entry: OutboxEntry };
  /** Nothing to act on, something to log: input that could not be understood, a storage that failed, a listener that threw. */
  fault: { error: unknown };
};

/** A longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** The server still takes a session that is over by this clock: how soon to ask again. */
const SESSION_RECHECK_MS = 10_000;

/**
 * A user's connection to Parley: it comes back by itself, keeps every open room complete and in order, and sends what is
 * in the outbox once and in order. Use one per user and process (or tab).
 */
export class ChatClient {
  readonly #options: Required<Omit<ClientOptions, 'session' | 'timings' | 'storage'>>;
  readonly #timings: Timings;
  readonly #emitter: Emitter<ClientEvents>;
  readonly #connection: Connection;
  readonly #outbox: Outbox;
  readonly #rooms = new Map<RoomId, RoomHandle>();
  readonly #newCmid: () => Cmid;
  /** Whether somebody is at this device; the server takes it for granted of a new connection. */
  readonly #activity: LastWins<Activity>;
  #session: Session;
  #told: ConnectionStatus = 'offline';
  #stopListening = (): void => {};

  constructor(options: ClientOptions) {
    const { session, timings, storage = memoryOutbox(), ...rest } = options;
    this.#options = {
      transports: ['websocket', 'polling'], outboxLimit: 1_000, keepMessages: 5_000, historyPage: 50, validate: false, random: Math.random, ...rest,
    };
    this.#timings = { ...DEFAULT_TIMINGS, ...timings };
    this.#session = session;
    this.#emitter = new Emitter((error, name) => this.#listenerThrew(error, name === 'fault'));
    const ulid = monotonicFactory();
    this.#newCmid = () => ulid() as Cmid;
    const { random } = this.#options;
    this.#connection = new Connection({
      url: this.#options.url,
      token: () => this.#session.token,
      transports: this.#options.transports,
      timings: this.#timings,
      random,
      onStatus: (status, error) => this.#statusChanged(status, error),
      onHint: (name, payload) => this.#hear(name, payload),
    });
    this.#outbox = new Outbox({
      storage,
      userId: session.user.id,
      limit: this.#options.outboxLimit,
      timings: this.#timings,
      random,
      send: (command, request) => this.#connection.request(command, request),
      onChange: (entry) => {
        const { roomId } = entry.item;
        this.#rooms.get(roomId)?.outboxChanged(entry);
        this.#emitter.emit('outbox', { roomId, entry });
      },
      onFault: (error) => this.#emitter.emit('fault', { error }),
    });
    this.#activity = new LastWins<Activity>({
      initial: 'online',
      tell: async (status) => void (await this.#connection.request('presence:set', { status })),
      timings: this.#timings, random,
    });
    void this.#outbox.load();
  }

  get status(): ConnectionStatus {
    return this.#connection.status;
  }

  get user(): UserView {
    return this.#session.user;
  }

  /** Items of the outbox whose outcome is not known, failed ones included. */
  get outboxSize(): number {
    return this.#outbox.size;
  }

  /** The open rooms. */
  get rooms(): ReadonlyMap<RoomId, RoomHandle> {
    return this.#rooms;
  }

  /** A listener that throws is told as `fault`. */
  on<N extends keyof ClientEvents>(name: N, listener: (event: ClientEvents[N]) => void): Unsubscribe {
    return this.#emitter.on(name, listener);
  }

  /** Goes online and stays so. Called while offline, it tries at once rather than after the pause. */
  connect(): void {
    this.#stopListening();
    // A browser that has its network back does not wait for the pause to end.
    if (typeof globalThis.addEventListener === 'function') {
      const retry = (): void => {
        if (this.#connection.status === 'offline') this.#connection.start();
      };
      globalThis.addEventListener('online', retry);
      this.#stopListening = () => globalThis.removeEventListener('online', retry);
    }
    this.#connection.start();
  }

  /** Goes offline. Rooms and outbox stay as they are; `connect` resumes them. */
  close(): void {
    this.#stopListening();
    this.#stopListening = () => {};
    this.#connection.stop();
  }

  /** Goes on with another token of the same user, and connects. */
  renew(session: Session): void {
    if (session.user.id !== this.#session.user.id) throw localError('forbidden', 'another user needs a client of its own');
    this.#session = session;
    if (this.#connection.status !== 'online') this.connect();
  }

  /** What this device says of its user, `online` until told otherwise; said again in each connection. */
  setActivity(activity: Activity): void {
    this.#activity.set(activity);
  }

  /**
   * Follows a room, joining it if need be; works offline too, the handle fills once there is a connection. The same
   * handle while it is open. `from` starts at a cursor of one's own instead of at the present: every event after it is told.
   */
  joinRoom(roomId: RoomId, from: After | null = null): RoomHandle {
    const open = this.#rooms.get(roomId);
    if (open) return open;
    const room = new RoomHandle(roomId, this.#roomContext(), from);
    this.#rooms.set(roomId, room);
    const { scope } = this.#connection;
    if (scope) room.connected(scope);
    return room;
  }

  /** Creates a room (a direct one: or finds it) and follows it. Rejects with a `ChatError`. */
  async createRoom(room: { kind: 'public' | 'private'; name: string } | { kind: 'direct'; userId: UserId }): Promise<RoomHandle> {
    const answer = await this.#change('room:create', { ...room, cmid: this.#newCmid() });
    const handle = this.joinRoom(answer.room.id);
    await handle.ready;
    return handle;
  }

  /** A page of rooms; `after` is `next` of the page before. */
  listRooms(query: CommandInput<'room:list'>): Promise<CommandResponse<'room:list'>> {
    return this.#connection.request('room:list', query);
  }

  getUsers(userIds: UserId[]): Promise<CommandResponse<'user:get'>> {
    return this.#connection.request('user:get', { userIds });
  }

  #roomContext(): RoomContext {
    const { random, validate, keepMessages, historyPage } = this.#options;
    return {
      userId: this.#session.user.id,
      timings: this.#timings,
      random, validate, keepMessages, historyPage,
      outbox: this.#outbox,
      request: (name, payload) => this.#connection.request(name, payload),
      change: (name, payload) => this.#change(name, payload),
      newCmid: this.#newCmid,
      onEvents: (roomId, events) => this.#emitter.emit('events', { roomId, events }),
      onClosed: (roomId) => void this.#rooms.delete(roomId),
      onThrow: (error) => this.#listenerThrew(error, false),
    };
  }

  #statusChanged(status: ConnectionStatus, error: ChatError | null): void {
    const { scope } = this.#connection;
    if (scope) {
      // Before any room is listened to: a device is taken for one that somebody is at until it says otherwise.
      this.#activity.connected(scope);
      for (const room of this.#rooms.values()) room.connected(scope);
      void this.#resume(scope);
      this.#outbox.connected(scope);
      this.#watchSession(scope, this.#session.expiresAt ?? Infinity);
    } else if (status !== 'connecting') {
      this.#outbox.disconnected();
      this.#activity.disconnected();
      for (const room of this.#rooms.values()) room.disconnected();
    }
    // A move to another gateway is nothing that anybody outside needs to know of.
    if (status !== this.#told) this.#emitter.emit('status', { status, error });
    this.#told = status;
    if (status === 'refused' && error) this.#emitter.emit('session', { error });
  }

  /** A socket whose session ended hears nothing more and is not told so: ask when it is due. The server's clock decides. */
  #watchSession(scope: Scope, dueAt: number): void {
    if (dueAt === Infinity) return;
    const waitMs = Math.min(Math.max(dueAt - Date.now(), 0), LONGEST_TIMER_MS);
    scope.after(waitMs, () => {
      // A session that ended is refused, and that ends the connection.
      const ask = this.getUsers([this.#session.user.id]);
      ask.catch(() => {}).finally(() => this.#watchSession(scope, Math.max(dueAt, Date.now() + SESSION_RECHECK_MS)));
    });
  }

  /** Joins the rooms of the last connection again, many in one call. */
  async #resume(scope: Scope): Promise<void> {
    const rooms = [...this.#rooms.values()].filter((room) => room.resumable);
    for (let start = 0; start < rooms.length && !scope.ended; start += LIMITS.joinRooms) {
      await this.#resumeSome(scope, rooms.slice(start, start + LIMITS.joinRooms));
    }
  }

  async #resumeSome(scope: Scope, rooms: RoomHandle[]): Promise<void> {
    const backoff = new Backoff(this.#timings.retryMinMs, this.#timings.retryMaxMs, this.#options.random);
    for (;;) {
      try {
        const answer = await this.#connection.request('room:join', { roomIds: rooms.map((room) => room.id), resume: true });
        if (scope.ended) return;
        const joined = 'rooms' in answer ? answer.rooms : [];
        rooms.forEach((room, n) => {
          const result = joined[n];
          if (room.state === 'closed') return;
          if (result?.ok) room.resumed(result satisfies Joined);
          else room.resumeAlone();
        });
        return;
      } catch (thrown) {
        const error = asChatError(thrown);
        if (scope.ended) return;
        if (!error.retryable) return rooms.forEach((room) => room.resumeAlone());
        if (!(await scope.sleep(backoff.next(error.retryAfterMs)))) return;
      }
    }
  }

  #hear(name: ServerEventName, payload: unknown): void {
    try {
      const hint = checkHint(name, payload, this.#options.validate);
      if (hint.name === 'room:added') {
        this.#emitter.emit('room', { change: 'added', room: hint.payload.room });
      } else if (hint.name === 'room:removed') {
        this.#rooms.get(hint.payload.roomId)?.end(localError('not_member', 'no longer a member of this room'));
        this.#emitter.emit('room', { change: 'removed', roomId: hint.payload.roomId });
      } else if (isRoomHint(hint)) {
        this.#rooms.get(hint.payload.roomId)?.hear(hint);
      }
    } catch (error) {
      this.#emitter.emit('fault', { error });
    }
  }

  /** As with an EventTarget: without somebody who listens for faults it is uncaught, and never harms the one who told the event. */
  #listenerThrew(error: unknown, uncaught: boolean): void {
    if (!uncaught && this.#emitter.has('fault')) return this.#emitter.emit('fault', { error });
    queueMicrotask(() => {
      throw error;
    });
  }

  /** A change of a room that its caller waits for: the same cmid until it is answered for good or `changeMs` are over. */
  async #change<N extends CommandName>(name: N, payload: CommandInput<N>): Promise<CommandResponse<N>> {
    const deadline = performance.now() + this.#timings.changeMs;
    const backoff = new Backoff(this.#timings.retryMinMs, this.#timings.retryMaxMs, this.#options.random);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#connection.request(name, { ...payload, attempt });
      } catch (thrown) {
        const error = asChatError(thrown);
        const waitMs = backoff.next(error.retryAfterMs);
        if (!error.retryable || endsSession(error) || !this.#connection.wanted || performance.now() + waitMs > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  }
}

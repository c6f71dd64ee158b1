import { monotonicFactory } from 'ulid';
import type { Activity, After, Cmid, CommandInput, CommandName, CommandResponse, RoomEvent, RoomId, RoomView as RoomInfo, SanctionView, ServerEvent, ServerEventName, UserId, UserView } from '@parley/protocol';
import { Backoff } from './backoff.ts';
import { Connection, type ConnectionStatus } from './connection.ts';
import { Emitter, type Unsubscribe } from './emitter.ts';
import { asChatError, ChatError, endsSession, localError } from './errors.ts';
import { checkHint, isRoomHint } from './incoming.ts';
import { LastWins } from './last-wins.ts';
import { Moderation } from './moderation.ts';
import { DEFAULT_TIMINGS, type ClientOptions, type Session, type Timings } from './options.ts';
import { Outbox, type OutboxEntry } from './outbox.ts';
import { memoryOutbox } from './outbox-storage.ts';
import type { RoomContext } from './room-context.ts';
import { resumeRooms } from './room-resume.ts';
import { RoomHandle } from './room.ts';
import { Sanctions } from './sanctions.ts';
import type { Scope } from './scope.ts';
import { SessionKeeper } from './session-keeper.ts';

export type ClientEvents = {
  status: { status: ConnectionStatus; /** Why not online, where known. */ error: ChatError | null };
  /** The session is over or was never good: sign in, then `renew`. */
  session: { error: ChatError };
  /** The session goes on with a fresh token: keep it. */
  renewed: { session: Session };
  /** This user became a member of a room, or ceased to be, by another's act or on another device. */
  room: { change: 'added'; room: RoomInfo } | ({ change: 'removed' } & ServerEvent<'room:removed'>);
  /** What is in force against this user changed, or has ended by itself: `null`. */
  sanction: { roomId: RoomId | null; kind: SanctionView['kind']; sanction: SanctionView | null };
  /** Something changed in the queue of a room this user moderates. */
  reports: void;
  /** Events of any open room, each once and in order per room. */
  events: { roomId: RoomId; events: readonly RoomEvent[] };
  /** An item of the outbox changed its state. */
  outbox: { roomId: RoomId; entry: OutboxEntry };
  /** Nothing to act on, something to log: input that could not be understood, a storage that failed, a listener that threw. */
  fault: { error: unknown };
};

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
  readonly #keeper: SessionKeeper;
  readonly #sanctions: Sanctions;
  /** What moderators and admins do, and what anybody may report. */
  readonly moderation: Moderation;
  #told: ConnectionStatus = 'offline';
  #wasOnline = false;
  #stopListening = (): void => {};

  constructor(options: ClientOptions) {
    const { session, timings, storage = memoryOutbox(), ...rest } = options;
    this.#options = {
      transports: ['websocket', 'polling'], outboxLimit: 1_000, keepMessages: 5_000, historyPage: 50, validate: false, random: Math.random, ...rest,
    };
    this.#timings = { ...DEFAULT_TIMINGS, ...timings };
    this.#emitter = new Emitter((error, name) => this.#listenerThrew(error, name === 'fault'));
    const ulid = monotonicFactory();
    this.#newCmid = () => ulid() as Cmid;
    const { random } = this.#options;
    this.#connection = new Connection({
      url: this.#options.url,
      token: () => this.#keeper.session.token,
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
    this.#keeper = new SessionKeeper({
      session, timings: this.#timings, random,
      refresh: () => this.#connection.request('session:refresh', {}),
      ask: () => this.getUsers([session.user.id]),
      onRenewed: (renewed) => this.#emitter.emit('renewed', { session: renewed }),
    });
    this.#sanctions = new Sanctions(session.user.id, (roomId, kind, sanction) => {
      if (roomId) this.#rooms.get(roomId)?.standingChanged();
      this.#emitter.emit('sanction', { roomId, kind, sanction });
    });
    this.moderation = new Moderation({
      request: (name, payload) => this.#connection.request(name, payload),
      change: (name, payload) => this.#change(name, payload),
      newCmid: this.#newCmid,
      cursorOf: (roomId) => this.#rooms.get(roomId)?.cursor ?? null,
    });
    void this.#outbox.load();
  }

  get status(): ConnectionStatus {
    return this.#connection.status;
  }

  get user(): UserView {
    return this.#keeper.session.user;
  }

  /** Items of the outbox whose outcome is not known, failed ones included. */
  get outboxSize(): number {
    return this.#outbox.size;
  }

  /** What is known to be in force against this user, in rooms and (`roomId: null`) on the server. */
  get sanctions(): SanctionView[] {
    return this.#sanctions.all;
  }

  sanction(roomId: RoomId | null, kind: SanctionView['kind']): SanctionView | null {
    return this.#sanctions.get(roomId, kind);
  }

  /** What is unresolved in the outbox for a room, open or not, in the order of sending. */
  unsent(roomId: RoomId): OutboxEntry[] {
    return this.#outbox.entries(roomId);
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
    if (session.user.id !== this.user.id) throw localError('forbidden', 'another user needs a client of its own');
    this.#keeper.replace(session);
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
      userId: this.user.id,
      sanctions: this.#sanctions,
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
      void resumeRooms(this.#rooms.values(), scope, { request: (name, payload) => this.#connection.request(name, payload), timings: this.#timings, random: this.#options.random });
      this.#outbox.connected(scope);
      this.#keeper.connected(scope);
      // The first time at once: somebody looks at it. Later all come back at the same moment, and events tell most of it.
      scope.after(this.#wasOnline ? this.#options.random() * this.#timings.spreadMs : 0, () => void this.#listSanctions(scope));
      this.#wasOnline = true;
    } else if (status !== 'connecting') {
      this.#outbox.disconnected();
      this.#activity.disconnected();
      for (const room of this.#rooms.values()) room.disconnected();
    }
    // A move to another gateway is nothing that anybody outside needs to know of.
    if (status !== this.#told) this.#emitter.emit('status', { status, error });
    this.#told = status;
    if (status === 'refused' && error) {
      if (error.sanction) this.#sanctions.refused(null, error.sanction);
      this.#emitter.emit('session', { error });
    }
  }

  /** Hints and refusals tell of it anyway: while it cannot be had, they do. */
  async #listSanctions(scope: Scope): Promise<void> {
    const backoff = new Backoff(this.#timings.retryMinMs, this.#timings.retryMaxMs, this.#options.random);
    for (;;) {
      const asked = Date.now();
      try {
        const { sanctions } = await this.#connection.request('sanction:list', {});
        return this.#sanctions.listed(sanctions, asked);
      } catch (thrown) {
        const error = asChatError(thrown);
        if (!error.retryable) return this.#emitter.emit('fault', { error });
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
        this.#removed(hint.payload);
      } else if (hint.name === 'sanction:changed') {
        const { roomId, kind, sanction } = hint.payload;
        this.#sanctions.set(roomId, kind, sanction);
      } else if (hint.name === 'report:changed') {
        this.#emitter.emit('reports', undefined);
      } else if (hint.name === 'session:expiring') {
        this.#keeper.expiring(hint.payload.expiresAt);
      } else if (isRoomHint(hint)) {
        this.#rooms.get(hint.payload.roomId)?.hear(hint);
      }
    } catch (error) {
      this.#emitter.emit('fault', { error });
    }
  }

  #removed(removed: ServerEvent<'room:removed'>): void {
    const { roomId, reason = '', ban } = removed;
    if (ban) this.#sanctions.refused(roomId, { kind: 'ban', reason, until: ban.until });
    const message = 'no longer a member of this room';
    this.#rooms.get(roomId)?.end(ban ? new ChatError('banned', message, { retryable: false, sanction: { kind: 'ban', reason, until: ban.until } }) : localError('not_member', message));
    this.#emitter.emit('room', { change: 'removed', ...removed });
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

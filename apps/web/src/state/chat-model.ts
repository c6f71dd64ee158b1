import { ChatClient, indexedDbOutbox, type ChatError, type ConnectionStatus } from '@parley/chat-client';
import { LIMITS, type CommandInput, type RoomId, type RoomView, type SanctionView, type SessionResponse, type UserId, type UserView } from '@parley/protocol';
import type { RoomListItem } from '@parley/ui';
import { watchActivity } from './activity.ts';
import { coalesce } from './coalesce.ts';
import { ConnectionTrouble } from './connection-trouble.ts';
import { DirectPresence } from './direct-presence.ts';
import { Drafts } from './drafts.ts';
import { ModerationWatch } from './moderation-watch.ts';
import { Network } from './network.ts';
import { ReadMarks } from './read-marks.ts';
import { RoomModel } from './room-model.ts';
import { roomHref } from './route.ts';
import { Store } from './store.ts';

export type RoomsSnapshot = { state: 'loading' | 'failed' | 'ready'; rooms: readonly RoomListItem[] };

export type ChatModelOptions = {
  session: SessionResponse;
  failureText: (error: unknown) => string;
  /** A direct room whose other end is not known yet. */
  unnamed: string;
  /** The session is over, or the user is banned from the server. */
  onEnded: (error: ChatError) => void;
  /** The session goes on with another token. */
  onRenewed: (session: SessionResponse) => void;
  onAdded: (room: RoomView) => void;
  /** Of a room by its name: somebody else ended one's membership. */
  onRemoved: (room: string, reason: string) => void;
};

/** Rooms followed all the time, so that their unread messages are counted; one beyond it is followed while it is shown. */
const MAX_FOLLOWED = 200;
/** Messages read at a time. */
const HISTORY_PAGE = 100;
/** Pages of one's own rooms read at most. */
const MAX_PAGES = 20;

/** Everything of one signed-in user that outlives a screen. */
export class ChatModel {
  readonly me: UserView;
  readonly client: ChatClient;
  readonly drafts: Drafts;
  readonly status: Store<ConnectionStatus>;
  readonly trouble = new ConnectionTrouble();
  readonly network = new Network();
  readonly rooms = new Store<RoomsSnapshot>({ state: 'loading', rooms: [] });
  readonly moderation: ModerationWatch;
  /** What is in force against the user. */
  readonly sanctions = new Store<readonly SanctionView[]>([]);
  readonly #options: ChatModelOptions;
  readonly #marks: ReadMarks;
  readonly #outbox: ReturnType<typeof indexedDbOutbox>;
  readonly #outboxName: string;
  readonly #open = new Map<RoomId, RoomModel>();
  readonly #mine = new Map<RoomId, RoomView>();
  readonly #names = new Map<UserId, string>();
  readonly #roomNames = new Map<RoomId, string>();
  readonly #direct = new DirectPresence(coalesce(() => this.#publish()));
  /** The list of one's rooms lags a little: to join what it still has would undo leaving. */
  readonly #left = new Set<RoomId>();
  #listed: RoomsSnapshot['state'] = 'loading';
  #unsubscribe: (() => void)[] = [];

  constructor(options: ChatModelOptions) {
    const { session } = options;
    this.#options = options;
    this.me = session.user;
    this.#names.set(this.me.id, this.me.name);
    this.#marks = new ReadMarks(this.me.id);
    this.drafts = new Drafts(this.me.id);
    this.#outboxName = `parley-outbox-${this.me.id}`;
    this.#outbox = indexedDbOutbox(this.#outboxName);
    // A reader who goes far back keeps what is loaded: the list is virtual.
    this.client = new ChatClient({ url: window.location.origin, session, storage: this.#outbox, keepMessages: 20_000, historyPage: HISTORY_PAGE });
    this.status = new Store(this.client.status);
    this.moderation = new ModerationWatch(this.client, session.admin ?? false, () => this.moderated().length > 0);
  }

  start(): void {
    const { client } = this;
    this.#unsubscribe = [
      client.on('status', ({ status }) => {
        this.status.set(status);
        this.trouble.told(status);
        if (status === 'online') void this.loadRooms();
      }),
      client.on('session', ({ error }) => this.#options.onEnded(error)),
      client.on('renewed', ({ session }) => this.#options.onRenewed({ ...this.#options.session, ...session, expiresAt: session.expiresAt ?? this.#options.session.expiresAt })),
      client.on('sanction', () => this.sanctions.set(client.sanctions)),
      client.on('reports', () => this.moderation.changed()),
      client.on('room', (event) => {
        if (event.change === 'removed') {
          const room = this.#mine.get(event.roomId);
          if (room && !event.ban && !this.#left.has(event.roomId)) this.#options.onRemoved(this.title(room), event.reason ?? '');
          return this.#gone(event.roomId);
        }
        const known = this.#mine.has(event.room.id);
        this.#left.delete(event.room.id);
        this.#add(event.room);
        if (!known && event.room.kind !== 'direct') this.#options.onAdded(event.room);
      }),
      watchActivity((activity) => client.setActivity(activity), { window, document }),
      client.on('fault', ({ error }) => console.warn('parley:', error)),
    ];
    this.network.start();
    this.trouble.told(client.status);
    client.connect();
  }

  stop(): void {
    this.moderation.stop();
    this.trouble.stop();
    this.network.stop();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    for (const room of this.#open.values()) room.dispose();
    this.client.close();
  }

  /** Nothing of this user stays in this browser. */
  async forget(): Promise<void> {
    this.stop();
    this.#marks.forget();
    this.drafts.forget();
    await this.#outbox.close();
    indexedDB.deleteDatabase(this.#outboxName);
  }

  async loadRooms(): Promise<void> {
    try {
      let after: RoomId | null = null;
      for (let page = 0; page < MAX_PAGES; page += 1) {
        const query: CommandInput<'room:list'> = { scope: 'mine', ...(after === null ? {} : { after }) };
        const answer = await this.client.listRooms(query);
        for (const room of answer.rooms) if (!this.#left.has(room.id)) this.#add(room);
        after = answer.next;
        if (after === null) break;
      }
      this.#listed = 'ready';
    } catch (error) {
      // Away again: what is listed stays, and the next connection asks anew.
      if (this.#listed !== 'ready' && (error as ChatError).code !== 'offline') this.#listed = 'failed';
    }
    this.#publish();
    await Promise.all([this.#learnNames(), this.moderation.roomsKnown()]);
  }

  /** Another tab has refreshed the session. */
  renew(session: SessionResponse): void {
    this.client.renew(session);
  }

  /** The rooms one moderates, by name. */
  moderated(): { id: RoomId; name: string }[] {
    return [...this.#mine.values()].filter(({ kind, role }) => kind !== 'direct' && (role === 'owner' || role === 'moderator'))
      .map((room) => ({ id: room.id, name: this.title(room) })).sort((a, b) => a.name.localeCompare(b.name));
  }

  /** Also of a room one is no longer in. */
  nameOfRoom(id: RoomId): string | undefined {
    return this.#roomNames.get(id);
  }

  /** The room of a screen; `null` if one is not known to be in it. */
  room(id: RoomId): RoomModel | null {
    if (!this.#mine.has(id)) return null;
    return this.#follow(id);
  }

  isMine(id: RoomId): boolean {
    return this.#mine.has(id);
  }

  nameOf(id: UserId): string | undefined {
    return this.#names.get(id);
  }

  /** Whom one has met in the rooms at hand. */
  people(): { id: UserId; name: string }[] {
    for (const room of this.#open.values()) for (const [id, name] of room.people()) this.#names.set(id, name);
    return [...this.#names].map(([id, name]) => ({ id, name })).filter(({ id }) => id !== this.me.id).sort((a, b) => a.name.localeCompare(b.name));
  }

  learn(people: readonly { userId: UserId; name: string }[]): void {
    for (const { userId, name } of people) this.#names.set(userId, name);
  }

  /** Becomes a member. Rejects with a `ChatError`. */
  async join(id: RoomId): Promise<void> {
    this.#left.delete(id);
    const handle = this.client.joinRoom(id);
    await handle.ready;
    if (handle.info) this.#add(handle.info);
    this.#publish();
  }

  async create(room: { kind: 'public' | 'private'; name: string } | { kind: 'direct'; userId: UserId }): Promise<RoomId> {
    const handle = await this.client.createRoom(room);
    if (handle.info) this.#add(handle.info);
    await this.#learnNames();
    this.#publish();
    return handle.id;
  }

  async leave(id: RoomId): Promise<void> {
    this.#left.add(id);
    try {
      await this.client.joinRoom(id).leave();
    } catch (error) {
      this.#left.delete(id);
      throw error;
    }
    this.#gone(id);
  }

  title(room: RoomView): string {
    if (room.kind !== 'direct') return room.name;
    const peer = this.peerOf(room);
    return (peer === undefined ? undefined : this.#names.get(peer)) ?? this.#options.unnamed;
  }

  peerOf(room: RoomView): UserId | undefined {
    return room.pair?.find((id) => id !== this.me.id);
  }

  #add(room: RoomView): void {
    this.#mine.set(room.id, room);
    if (this.#open.size < MAX_FOLLOWED) this.#follow(room.id);
    this.#publish();
    if (room.kind === 'direct') void this.#learnNames();
  }

  #follow(id: RoomId): RoomModel {
    const open = this.#open.get(id);
    if (open && open.handle.state !== 'closed') return open;
    open?.dispose();
    const model = new RoomModel(this.client.joinRoom(id), {
      me: this.me, marks: this.#marks, network: this.network.store, moderation: this.moderation.state, failureText: this.#options.failureText,
      onChange: () => this.#changed(model),
    });
    this.#open.set(id, model);
    return model;
  }

  #changed(model: RoomModel): void {
    const { info, state } = model.snapshot.get();
    if (state === 'closed' && this.#open.get(model.id) === model) return this.#gone(model.id);
    if (info && this.#mine.has(model.id)) this.#mine.set(model.id, info);
    this.#publish();
  }

  #gone(id: RoomId): void {
    const room = this.#mine.get(id);
    if (room) this.#roomNames.set(id, this.title(room));
    this.#mine.delete(id);
    this.#open.get(id)?.dispose();
    this.#open.delete(id);
    this.#publish();
  }

  async #learnNames(): Promise<void> {
    const wanted = [...this.#mine.values()].flatMap((room) => this.peerOf(room) ?? []).filter((id) => !this.#names.has(id));
    for (let start = 0; start < wanted.length; start += LIMITS.getUsers) {
      try {
        const { users } = await this.client.getUsers(wanted.slice(start, start + LIMITS.getUsers));
        for (const user of users) this.#names.set(user.id, user.name);
      } catch {
        // Asked for again with the next connection; until then the room is shown without a name.
        return;
      }
    }
    if (wanted.length > 0) this.#publish();
  }

  #publish(): void {
    const rooms = [...this.#mine.values()].map((room) => ({ room, name: this.title(room), peer: this.peerOf(room), model: this.#open.get(room.id) }))
      .sort((a, b) => a.name.localeCompare(b.name) || (a.room.id < b.room.id ? -1 : 1));
    this.#direct.set(rooms.flatMap(({ room: { id }, peer, model }) => (peer && model ? [{ id, peer, watch: model.watch }] : [])));
    const items = rooms.map(({ room, name, peer, model }): RoomListItem => ({
      id: room.id, kind: room.kind, name, peerId: peer, href: roomHref(room.id), unread: model?.snapshot.get().unread ?? 0,
      presence: peer && model && this.#direct.follows(room.id) ? model.watch.snapshot.get().of(peer).status : undefined,
    }));
    const before = this.rooms.get();
    if (before.state === this.#listed && sameRooms(before.rooms, items)) return;
    this.rooms.set({ state: this.#listed, rooms: items });
  }
}

const sameRooms = (a: readonly RoomListItem[], b: readonly RoomListItem[]): boolean =>
  a.length === b.length && a.every((room, index) => {
    const other = b[index];
    return other !== undefined && room.id === other.id && room.name === other.name && room.unread === other.unread && room.presence === other.presence;
  });

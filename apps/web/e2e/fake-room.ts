import { foldMessages, type Cmid, type ContextMessage, type EventData, type EventId, type EventType, type MemberView, type MessageView, type Role, type RoomEvent, type RoomId, type RoomKind, type RoomView, type UserId, type UserView } from '@parley/protocol';
import { ulid } from 'ulid';

export const newUserId = (): UserId => `u${ulid().toLowerCase()}` as UserId;
const newRoomId = (kind: RoomKind): RoomId => {
  let id = kind === 'direct' ? 'd00' : 'r00';
  while (id.length < 27) id += Math.floor(Math.random() * 32).toString(32);
  return id as RoomId;
};

type Act = { by: UserView; cmid?: Cmid | null; at?: number };

/** One room in memory: its log and what follows from it. */
export class FakeRoom {
  readonly id: RoomId;
  readonly kind: RoomKind;
  name: string;
  slowModeMs = 0;
  readOnly = false;
  /** When each said something last. */
  readonly said = new Map<UserId, number>();
  topic = '';
  readonly pair: [UserId, UserId] | undefined;
  readonly events: RoomEvent[] = [];
  readonly members = new Map<UserId, MemberView>();
  readonly #messages = new Map<EventId, MessageView>();
  readonly #hidden = new Map<EventId, string>();
  readonly #cmids = new Map<string, RoomEvent>();

  constructor(kind: RoomKind, name: string, creator: UserView, peer?: UserView) {
    this.id = newRoomId(kind);
    this.kind = kind;
    this.name = name;
    this.pair = peer && [creator.id, peer.id];
    this.append('room.created', { name, kind, ...(this.pair ? { pair: this.pair } : {}) }, { by: creator });
    this.join(creator, kind === 'direct' ? 'member' : 'owner');
    if (peer) this.join(peer, 'member');
  }

  get seq(): number {
    return this.events.length;
  }

  view(asker: UserId): RoomView {
    return {
      id: this.id, kind: this.kind, name: this.name, topic: this.topic, createdAt: this.events[0]?.at ?? 0, memberCount: this.members.size,
      role: this.members.get(asker)?.role ?? null, slowModeMs: this.slowModeMs, readOnly: this.readOnly, ...(this.pair ? { pair: this.pair } : {}),
    };
  }

  append<T extends EventType>(type: T, data: EventData<T>, { by, cmid = null, at = Date.now() }: Act): RoomEvent {
    const key = `${by.id}:${cmid}`;
    const known = cmid === null ? undefined : this.#cmids.get(key);
    if (known) return known;
    const event = { roomId: this.id, epoch: 1, seq: this.seq + 1, id: ulid(at) as EventId, type, by: by.id, at, data, cmid } as unknown as RoomEvent;
    this.events.push(event);
    if (cmid !== null) this.#cmids.set(key, event);
    foldMessages(this.#messages, [event], this.#hidden);
    return event;
  }

  join(user: UserView, role: Role = 'member'): RoomEvent | null {
    if (this.members.has(user.id)) return null;
    this.members.set(user.id, { userId: user.id, name: user.name, role });
    return this.append('member.joined', { userId: user.id, name: user.name, role }, { by: user });
  }

  setRole(userId: UserId, role: Role, act: Act): RoomEvent {
    const member = this.members.get(userId);
    if (member) this.members.set(userId, { ...member, role });
    return this.append('member.role_changed', { userId, role }, act);
  }

  leave(user: UserView): RoomEvent {
    this.members.delete(user.id);
    return this.append('member.left', { userId: user.id }, { by: user });
  }

  say(by: UserView, body: string, more: Omit<Act, 'by'> = {}): RoomEvent {
    return this.append('message.created', { name: by.name, body }, { by, ...more });
  }

  /** As a moderator sees it: the bodies of hidden messages too. */
  context(): ContextMessage[] {
    const hidden = new Map<EventId, string>();
    return [...foldMessages(new Map(), this.events, hidden).values()].map(({ id, seq, by, name, at, body, hidden: isHidden }) => ({ id, seq, by, name, at, body: body ?? hidden.get(id) ?? null, hidden: isHidden !== undefined }));
  }

  message(id: EventId): MessageView | undefined {
    return this.#messages.get(id);
  }

  history(before: number | undefined, limit: number): { messages: MessageView[]; more: boolean } {
    const all = [...this.#messages.values()].filter((message) => before === undefined || message.seq < before);
    return { messages: all.slice(-limit), more: all.length > limit };
  }
}

import type { ChatError, RoomHandle, Standing, TimelineItem, Typist } from '@parley/chat-client';
import type { RoomEvent, RoomId, RoomView, UserId, UserView } from '@parley/protocol';
import type { MessageItem, MessageListProps } from '@parley/ui';
import { coalesce } from './coalesce.ts';
import { MessageItems } from './message-items.ts';
import type { ModerationState } from './moderation-watch.ts';
import type { ReadMarks } from './read-marks.ts';
import { RoomWatch } from './room-watch.ts';
import { Store } from './store.ts';

export type RoomSnapshot = {
  state: RoomHandle['state'];
  info: RoomView | null;
  items: readonly MessageItem[];
  older: MessageListProps['older'];
  /** New messages may be missing at present. */
  delayed: boolean;
  /** Messages of others above the read mark, of those loaded. */
  unread: number;
  error: ChatError | null;
  /** What keeps the reader from writing. */
  standing: Standing;
  /** Whether the reader moderates here. */
  moderates: boolean;
};

export type RoomModelOptions = {
  me: UserView;
  marks: ReadMarks;
  network: Store<boolean>;
  moderation: Store<ModerationState>;
  failureText: (error: unknown) => string;
  onChange: () => void;
};

/** One open room as the screens see it. */
export class RoomModel {
  readonly id: RoomId;
  readonly handle: RoomHandle;
  readonly snapshot: Store<RoomSnapshot>;
  /** What others said as it came, for the announcer. */
  readonly heard = new Store<readonly RoomEvent[]>([]);
  readonly watch: RoomWatch;
  readonly typists: Store<readonly Typist[]>;
  readonly #options: RoomModelOptions;
  readonly #items = new MessageItems();
  readonly #refresh = coalesce(() => this.#publish());
  #older: 'idle' | 'loading' | 'failed' = 'idle';
  #error: ChatError | null = null;
  #unsubscribe: (() => void)[] = [];

  constructor(handle: RoomHandle, options: RoomModelOptions) {
    this.id = handle.id;
    this.handle = handle;
    this.#options = options;
    this.snapshot = new Store<RoomSnapshot>(this.#compose());
    this.watch = new RoomWatch(handle.presence, options.network);
    this.typists = new Store(handle.typing.users);
    this.#unsubscribe = [
      handle.on('change', this.#refresh),
      options.moderation.subscribe(this.#refresh),
      handle.typing.on('change', () => this.typists.set(handle.typing.users)),
      handle.on('events', (events) => {
        const said = events.filter((event) => event.type === 'message.created' && event.by !== options.me.id);
        if (said.length > 0) this.heard.set(said);
      }),
      handle.on('closed', ({ error }) => {
        this.#error = error;
        this.#refresh();
      }),
    ];
  }

  /** Everything shown has been read. */
  markRead(): void {
    const { cursor } = this.handle;
    if (cursor && this.#options.marks.advance(this.id, cursor.seq)) this.#refresh();
  }

  /** The first message of others that is not read, of those loaded. */
  get firstUnreadKey(): string | null {
    const mark = this.#options.marks.get(this.id);
    if (mark === undefined) return null;
    return this.handle.messages.find((item) => item.state === 'confirmed' && item.message.seq > mark && item.message.by !== this.#options.me.id)?.key ?? null;
  }

  readonly loadOlder = (): void => {
    if (this.#older === 'loading') return;
    this.#older = 'loading';
    this.#publish();
    this.handle.loadOlder().then(
      () => this.#olderDone('idle'),
      () => this.#olderDone('failed'),
    );
  };

  /** The message says this instead: one of the room, or one that was refused, which goes back to the end. What failed before is let go. */
  edit(key: string, body: string): void {
    const item = this.handle.messages.find((candidate) => candidate.key === key);
    if (!item) return;
    const failed = item.state === 'confirmed' ? item.change : item.entry;
    // First the new one: if it cannot be taken, the old one stays.
    if (item.state === 'confirmed') this.handle.edit(item.message.id, body);
    else this.handle.send(body);
    if (failed?.state === 'failed') this.handle.discard(failed.item.cmid);
  }

  /** Tries what failed of this message again. */
  retry(key: string): void {
    const entry = this.#entryOf(key);
    if (entry) this.handle.retry(entry.item.cmid);
  }

  discard(key: string): void {
    const entry = this.#entryOf(key);
    if (entry) this.handle.discard(entry.item.cmid);
  }

  people(): [UserId, string][] {
    return this.handle.messages.flatMap((item) => (item.state === 'confirmed' ? [[item.message.by, item.message.name]] : []));
  }

  dispose(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.watch.dispose();
    this.handle.close();
  }

  #entryOf(key: string) {
    const item = this.handle.messages.find((candidate: TimelineItem) => candidate.key === key);
    return item?.state === 'confirmed' ? item.change : item?.entry;
  }

  #olderDone(state: 'idle' | 'failed'): void {
    this.#older = state;
    this.#publish();
  }

  #publish(): void {
    this.snapshot.set(this.#compose());
    this.#options.onChange();
  }

  #compose(): RoomSnapshot {
    const { handle } = this;
    const { me, failureText } = this.#options;
    const moderates = handle.info !== null && handle.info.kind !== 'direct' && (handle.info.role === 'owner' || handle.info.role === 'moderator' || this.#options.moderation.get().admin);
    const items = this.#items.of(handle.messages, { me, failureText, moderates });
    const older = this.#older === 'idle' ? (handle.hasOlder ? 'some' : 'none') : this.#older;
    return { state: handle.state, info: handle.info, items, older, delayed: handle.delayed, unread: this.#countUnread(), error: this.#error, standing: handle.standing, moderates };
  }

  #countUnread(): number {
    const { me, marks } = this.#options;
    const { info, cursor, messages } = this.handle;
    if (!info || !cursor || this.handle.state !== 'ready') return 0;
    // Somebody may have begun a direct conversation while one was away; of any other room what was said before one came is no news.
    if (marks.get(this.id) === undefined) marks.advance(this.id, info.kind === 'direct' ? 0 : cursor.seq);
    const mark = marks.get(this.id) ?? 0;
    let unread = 0;
    for (let index = messages.length - 1; index >= 0; index -= 1) {
      const item = messages[index];
      if (item?.state !== 'confirmed') continue;
      if (item.message.seq <= mark) break;
      if (item.message.by !== me.id && item.message.body !== null) unread += 1;
    }
    return unread;
  }
}

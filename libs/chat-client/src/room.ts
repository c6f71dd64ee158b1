import type { After, Cmid, CommandInput, CommandResponse, EventId, Role, RoomEvent, RoomId, RoomView as RoomInfo, UserId } from '@parley/protocol';
import { Backoff } from './backoff.ts';
import { Emitter, type Unsubscribe } from './emitter.ts';
import { asChatError, localError, type ChatError } from './errors.ts';
import type { RoomHint } from './incoming.ts';
import type { OutboxEntry } from './outbox.ts';
import type { OutboxCommand, OutboxPayload } from './outbox-storage.ts';
import type { Joined, RoomContext, RoomEvents, RoomState } from './room-context.ts';
import { RoomFeed } from './room-feed.ts';
import { foldInfo } from './room-info.ts';
import { joinOne } from './room-join.ts';
import { RoomPages } from './room-pages.ts';
import { RoomPresence } from './room-presence.ts';
import { SlowMode, standingOf, type Standing } from './room-standing.ts';
import { RoomTyping } from './room-typing.ts';
import { RoomView, type TimelineItem } from './room-view.ts';
import type { Scope } from './scope.ts';

type ChangeField = 'roomId' | 'cmid' | 'attempt' | 'after';

/** One open room: its messages, its events, and what one can do in it. Made by `client.joinRoom`. */
export class RoomHandle {
  readonly id: RoomId;
  /** Resolves when first loaded; rejects with a {@link ChatError} if it was closed before. */
  readonly ready: Promise<void>;
  readonly presence: RoomPresence;
  readonly typing: RoomTyping;
  readonly #context: RoomContext;
  readonly #emitter: Emitter<RoomEvents>;
  readonly #feed: RoomFeed;
  readonly #view: RoomView;
  readonly #pages: RoomPages;
  readonly #slowMode = new SlowMode(() => this.#changed());
  readonly #settleReady: { resolve: () => void; reject: (error: ChatError) => void };
  #state: RoomState = 'opening';
  #info: RoomInfo | null = null;
  #delayed = false;
  #scope: Scope | null = null;
  /** Counts loads: an older one that is still under way has nothing to say. */
  #load = 0;
  /** Where to begin instead of at the present. */
  #from: After | null;

  constructor(id: RoomId, context: RoomContext, from: After | null) {
    this.id = id;
    this.#context = context;
    this.#from = from;
    this.#emitter = new Emitter(context.onThrow);
    this.#view = new RoomView(context.keepMessages);
    this.presence = new RoomPresence(id, context);
    this.typing = new RoomTyping(id, context);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.ready = promise;
    this.ready.catch(() => {});
    this.#settleReady = { resolve, reject };
    const { timings, random, validate } = context;
    this.#feed = new RoomFeed({
      roomId: id, timings, random, validate,
      sync: (request) => context.request('room:sync', request),
      onApplied: (events) => this.#applied(events),
      onReload: () => this.#reload(null),
      onRefused: (error) => this.end(error),
    });
    this.#pages = new RoomPages({
      view: this.#view, cursor: () => this.cursor, load: () => this.#load, ready: () => this.#state === 'ready', timings, random,
      history: (before, limit) => this.history(before, limit), onChange: () => this.#changed(),
    });
  }

  get state(): RoomState {
    return this.#state;
  }

  /** The room as this user sees it; `null` until joined. */
  get info(): RoomInfo | null {
    return this.#info;
  }

  /** The server cannot vouch for being up to date at present, or there is no connection: new messages may be missing. */
  get delayed(): boolean {
    return this.#delayed || !this.#scope;
  }

  /** What keeps this user from saying something here. What ends by time ends by itself, with `change`. */
  get standing(): Standing {
    const { sanctions } = this.#context;
    return standingOf(this.#info, { mute: sanctions.get(this.id, 'mute'), ban: sanctions.get(this.id, 'ban') }, this.#slowMode);
  }

  /** How far the log is known; `null` until loaded. */
  get cursor(): After | null {
    return this.#feed.cursor;
  }

  /** What is loaded, ascending, then what is on its way. The same array until something changes. Empty with `keepMessages: 0`. */
  get messages(): readonly TimelineItem[] {
    return this.#view.snapshot(this.#context.outbox.entries(this.id));
  }

  /** There are messages before the first of `messages`: see `loadOlder`. */
  get hasOlder(): boolean {
    return this.#view.hasOlder;
  }

  on<N extends keyof RoomEvents>(name: N, listener: (event: RoomEvents[N]) => void): Unsubscribe {
    return this.#emitter.on(name, listener);
  }

  /** Says something; answers its cmid at once and sends it when it can. Throws `outbox_full`, `too_large`, `bad_request`. */
  send(body: string): Cmid {
    return this.#enqueue('message:send', { body });
  }

  /** Replaces the body of one's own message, by way of the outbox. */
  edit(messageId: EventId, body: string): Cmid {
    return this.#enqueue('message:edit', { messageId, body });
  }

  /** Deletes a message, by way of the outbox; a moderator says why. */
  delete(messageId: EventId, reason?: string): Cmid {
    return this.#enqueue('message:delete', { messageId, ...(reason ? { reason } : {}) });
  }

  /** Tries a failed item again, as a new command with a new cmid; undefined if it has not failed. */
  retry(cmid: Cmid): Cmid | undefined {
    return this.#context.outbox.retry(this.id, cmid, this.cursor);
  }

  /** Lets go of an item that failed or was never sent; false if it may be in the log. */
  discard(cmid: Cmid): boolean {
    return this.#context.outbox.discard(this.id, cmid);
  }

  /** A page of messages as the server folds it, ascending, below `before`; does not touch `messages`. */
  history(before?: number, limit = this.#context.historyPage): Promise<CommandResponse<'room:history'>> {
    return this.#context.request('room:history', { roomId: this.id, limit, ...(before === undefined ? {} : { before }) });
  }

  /** Puts the page before the first of `messages` in front; false when there is none. One at a time: a second call shares the first. */
  loadOlder(): Promise<boolean> {
    return this.#pages.loadOlder();
  }

  /** A page of members; `after` is `next` of the page before. */
  members(after?: UserId): Promise<CommandResponse<'room:members'>> {
    return this.#context.request('room:members', { roomId: this.id, ...(after === undefined ? {} : { after }) });
  }

  /** Ends the membership, and then this handle. */
  async leave(): Promise<void> {
    await this.#change('room:leave', {});
    this.end(null);
  }

  update(change: { name?: string; topic?: string; slowModeMs?: number; readOnly?: boolean }): Promise<CommandResponse<'room:update'>> {
    return this.#change('room:update', change);
  }

  addMember(userId: UserId): Promise<CommandResponse<'member:add'>> {
    return this.#change('member:add', { userId });
  }

  removeMember(userId: UserId, reason?: string): Promise<CommandResponse<'member:remove'>> {
    return this.#change('member:remove', { userId, ...(reason ? { reason } : {}) });
  }

  setRole(userId: UserId, role: Role): Promise<CommandResponse<'member:role'>> {
    return this.#change('member:role', { userId, role });
  }

  /** Stops following the room, as a member still. What is in the outbox is sent nevertheless. */
  close(): void {
    this.end(null);
  }

  /** @internal The room was loaded in an earlier connection: it may be joined together with others. */
  get resumable(): boolean {
    return this.#state === 'ready';
  }

  /** @internal A connection is there. A room that is not `resumable` loads itself. */
  connected(scope: Scope): void {
    this.#scope = scope;
    this.#delayed = false;
    this.#feed.connected(scope);
    if (!this.resumable) this.#reload(null);
    this.#changed();
  }

  /** @internal Joined on behalf of the room after a reconnect. */
  resumed(joined: Joined): void {
    this.#info = joined.room;
    this.#listening();
    if (!this.#feed.cursor) return this.#reload(joined);
    this.#feed.head(joined.epoch, joined.seq);
    this.#feed.catchUp();
    this.#pages.fill(this.#scope);
    this.#changed();
  }

  /** @internal Could not be joined together with others: alone it learns why. */
  resumeAlone(): void {
    this.#reload(null, this.cursor);
  }

  /** @internal */
  disconnected(): void {
    this.#scope = null;
    this.#load += 1;
    this.#feed.disconnected();
    this.presence.disconnected();
    this.typing.disconnected();
    this.#changed();
  }

  /** @internal */
  hear(hint: RoomHint): void {
    if (hint.name === 'presence:changed') return this.presence.hear(hint.payload);
    if (hint.name === 'typing:changed') return this.typing.hear(hint.payload);
    if (hint.name === 'room:events') return this.#feed.offer(hint.payload.epoch, hint.payload.events);
    if (hint.name === 'room:head') return this.#feed.head(hint.payload.epoch, hint.payload.seq);
    const back = this.#delayed && hint.payload.live;
    this.#delayed = !hint.payload.live;
    this.presence.live(hint.payload.live);
    this.#changed();
    // What went by meanwhile was not told.
    if (back) this.#scope?.after(this.#context.random() * this.#context.timings.spreadMs, () => this.#feed.catchUp(true));
  }

  /** @internal An outbox item of this room changed. */
  outboxChanged(entry: OutboxEntry): void {
    this.#view.await(entry, this.#feed.cursor?.seq ?? 0);
    this.#slowMode.told(entry, this.standing.slowModeMs);
    this.#context.sanctions.refusedBy(this.id, 'error' in entry ? entry.error : null);
    this.#changed();
  }

  /** @internal What is in force against this user here has changed. */
  standingChanged(): void {
    this.#changed();
  }

  /** @internal */
  end(error: ChatError | null): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#context.sanctions.refusedBy(this.id, error);
    this.#slowMode.end();
    this.#load += 1;
    this.#feed.forget();
    this.#feed.disconnected();
    this.presence.closed();
    this.typing.disconnected();
    this.#scope = null;
    this.#settleReady.reject(error ?? localError('closed'));
    this.#context.onClosed(this.id);
    this.#changed();
    this.#emitter.emit('closed', { error });
  }

  #enqueue<N extends OutboxCommand>(command: N, payload: OutboxPayload<N>): Cmid {
    return this.#context.outbox.add(this.id, command, payload, this.cursor);
  }

  #change<N extends 'room:leave' | 'room:update' | 'member:add' | 'member:remove' | 'member:role'>(name: N, fields: Omit<CommandInput<N>, ChangeField>): Promise<CommandResponse<N>> {
    const after = this.cursor;
    return this.#context.change(name, { ...fields, roomId: this.id, cmid: this.#context.newCmid(), ...(after ? { after } : {}) } as unknown as CommandInput<N>);
  }

  /** Joins (unless `joined` tells that this was done), reads the newest page, starts from there. `keep`: the cursor to go on from if it still serves. */
  #reload(joined: Joined | null, keep: After | null = this.#from): void {
    const scope = this.#scope;
    if (!scope || this.#state === 'closed') return;
    this.#load += 1;
    void this.#loadWithin(scope, this.#load, joined, keep);
  }

  async #loadWithin(scope: Scope, load: number, joined: Joined | null, keep: After | null): Promise<void> {
    const { request, timings, random, keepMessages, historyPage } = this.#context;
    const backoff = new Backoff(timings.retryMinMs, timings.retryMaxMs, random);
    const current = (): boolean => !scope.ended && load === this.#load;
    for (;;) {
      try {
        const { room, epoch, seq } = joined ?? (await joinOne(request, this.id, this.#state === 'ready'));
        if (!current()) return;
        this.#info = room;
        this.#listening();
        if (keep && keep.epoch === epoch && this.#feed.heardEpoch <= epoch) {
          if (!this.#feed.cursor) this.#start({ ...keep, messages: [], more: keep.seq > 0 });
          this.#feed.head(epoch, seq);
          return this.#feed.catchUp();
        }
        const page = keepMessages > 0 ? await request('room:history', { roomId: this.id, limit: historyPage }) : { epoch, seq, messages: [], more: seq > 0 };
        if (!current()) return;
        if (page.epoch < Math.max(epoch, this.#feed.heardEpoch)) throw localError('unavailable', 'the history is of an earlier epoch than the room');
        return this.#start(page, { epoch, seq });
      } catch (thrown) {
        if (!current()) return;
        const error = asChatError(thrown);
        if (!error.retryable) return this.end(error);
        joined = null;
        if (!(await scope.sleep(backoff.next(error.retryAfterMs)))) return;
        if (!current()) return;
      }
    }
  }

  #listening(): void {
    if (!this.#scope) return;
    this.presence.listening(this.#scope);
    this.typing.listening(this.#scope);
  }

  #start(page: CommandResponse<'room:history'>, head: After = page): void {
    this.#from = null;
    this.#view.reset(page);
    for (const message of page.messages) if (message.by === this.#context.userId && message.cmid) this.#context.outbox.seen(this.id, message.cmid);
    this.#state = 'ready';
    this.#feed.start(page.epoch, page.seq);
    this.#emitter.emit('reset', { epoch: page.epoch, seq: page.seq });
    this.#feed.head(head.epoch, head.seq);
    this.#feed.catchUp();
    this.#settleReady.resolve();
    this.#changed();
  }

  #applied(events: RoomEvent[]): void {
    const { userId, keepMessages, outbox, onEvents } = this.#context;
    if (keepMessages > 0) this.#view.apply(events);
    for (const event of events) {
      if (event.by === userId && event.cmid !== null) outbox.seen(this.id, event.cmid);
      this.typing.applied(event);
      this.#context.sanctions.applied(event);
      if (this.#info) this.#info = foldInfo(this.#info, event, userId);
    }
    this.#slowMode.capped(this.standing.slowModeMs);
    this.#pages.fill(this.#scope);
    this.#emitter.emit('events', events);
    onEvents(this.id, events);
    this.#changed();
  }

  #changed(): void {
    this.#view.touch();
    this.#emitter.emit('change', undefined);
  }
}

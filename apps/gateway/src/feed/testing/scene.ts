import type { RoomLog } from '@parley/domain';
import type { EventId, RoomEvent, UserId } from '@parley/protocol';
import { MemoryLogStore } from '@parley/testkit/memory-room-log';
import { MemoryStore } from '@parley/testkit/memory-store';
import { RoomScript } from '@parley/testkit/room-script';
import { Turnstile } from '../../limits/turnstile.ts';
import { DEFAULT_FEED_LIMITS } from '../limits.ts';
import { PageCache } from '../page-cache.ts';
import { RoomFeed, type FeedParts } from '../room-feed.ts';

/** A room with a log of its own, the store, and a feed whose voice is written down. */
export class Scene {
  readonly logs = new MemoryLogStore();
  readonly log: RoomLog = this.logs.open();
  readonly writer: RoomLog = this.logs.open();
  readonly store = new MemoryStore();
  readonly script = new RoomScript();
  readonly delivered: RoomEvent[] = [];
  readonly heads: number[] = [];
  readonly said: string[] = [];
  readonly listeners = new Set<UserId>();
  readonly members = new Set<UserId>();
  counts = { hintLost: 0, repaired: 0, repairFailed: 0 };
  packets = 0;
  headsHeard = true;
  reads = 0;
  /** First seqs of entries that pages of the log lack. */
  trimmed: number[] = [];

  /** By all that the script has said. */
  gone: (ids: readonly EventId[]) => Promise<ReadonlySet<EventId>> = async (ids) => {
    const gone = new Set<EventId>();
    for (const { type, data } of this.script.events) {
      if (type === 'message.deleted' || type === 'message.hidden') gone.add(data.messageId);
      if (type === 'message.restored') gone.delete(data.messageId);
    }
    return new Set(ids.filter((id) => gone.has(id)));
  };

  parts(limits: Partial<FeedParts['limits']> = {}): FeedParts {
    const { logs, log, store, script } = this;
    const count = (name: keyof typeof this.counts) => () => { this.counts[name] += 1; };
    const reading: RoomLog = Object.create(log, {
      read: {
        value: async (...args: Parameters<RoomLog['read']>) => {
          this.reads += 1;
          const page = await log.read(...args);
          return { ...page, entries: page.entries.filter(({ events }) => !this.trimmed.includes(events[0]!.seq)) };
        },
      },
      watchHeads: { value: (...[roomId, listener]: Parameters<RoomLog['watchHeads']>) => log.watchHeads(roomId, (head) => { if (this.headsHeard) listener(head); }) },
      headsLive: { get: () => logs.up },
      id: { get: () => log.id },
    }) as RoomLog;
    return {
      log: reading, store, limits: { ...DEFAULT_FEED_LIMITS, gapMs: 1, repairBackoffMs: 1, repairBackoffCapMs: 5, headEveryMs: 5, ...limits }, random: () => 0.5,
      pages: new PageCache({ maxBytes: 1e7, ttlMs: 10_000 }),
      metrics: { hintLost: count('hintLost'), repaired: count('repaired'), repairFailed: count('repairFailed') },
      now: async () => ({ epoch: script.epoch, seq: script.seq, isMember: async (userId) => this.members.has(userId) }),
      gone: (_roomId, ids) => this.gone(ids),
      repairs: new Turnstile(2),
      onHead: () => undefined,
      voice: {
        events: (_roomId, _epoch, events) => {
          this.packets += 1;
          this.delivered.push(...events);
        },
        head: (_roomId, _epoch, seq) => void this.heads.push(seq),
        live: (_roomId, live) => void this.said.push(live ? 'live' : 'not live'),
        remove: (_roomId, userId, { reason, ban }) => {
          this.listeners.delete(userId);
          this.said.push(`removed ${userId}${reason === undefined ? '' : `: ${reason}`}${ban ? `, banned until ${ban.until}` : ''}`);
        },
        sanction: (_roomId, { payload }) => void this.said.push(payload.sanction ? `muted: ${payload.sanction.reason}` : 'unmuted'),
        listeners: () => this.listeners,
      },
    };
  }

  open(limits?: Partial<FeedParts['limits']>): Promise<RoomFeed> {
    return RoomFeed.open(this.script.roomId, this.parts(limits));
  }

  write(...events: Parameters<RoomScript['say']>): Promise<readonly RoomEvent[]> {
    return this.script.append(this.writer, ...events).then(({ entry }) => entry.events);
  }
}

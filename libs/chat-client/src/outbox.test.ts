import { describe, expect, it, vi } from 'vitest';
import type { Cmid, EventId } from '@parley/protocol';
import { localError } from './errors.ts';
import { DEFAULT_TIMINGS } from './options.ts';
import { Outbox, type OutboxEntry, type OutboxOptions } from './outbox.ts';
import { memoryOutbox, type OutboxItem } from './outbox-storage.ts';
import { Scope } from './scope.ts';
import { roomId, userId } from './testing/fake-gateway.ts';

const room = roomId(1);
type Sent = { cmid: Cmid; attempt: number; body: string; answer: (seq: number) => void; fail: (code: 'unavailable' | 'offline' | 'forbidden') => void };

const outboxWith = (options: Partial<OutboxOptions> = {}) => {
  const sent: Sent[] = [];
  const entries: OutboxEntry[] = [];
  const faults: string[] = [];
  const outbox = new Outbox({
    storage: memoryOutbox(), userId: userId(1), limit: 10, timings: { ...DEFAULT_TIMINGS, retryMinMs: 1, retryMaxMs: 2 }, random: () => 0.5,
    send: (_command, request) => new Promise((resolve, reject) => {
      const { cmid, attempt, body } = request as unknown as { cmid: Cmid; attempt: number; body: string };
      sent.push({ cmid, attempt, body, answer: (seq) => resolve({ epoch: 1, seq, id: `id${seq}` as EventId }), fail: (code) => reject(localError(code)) });
    }),
    onChange: (entry) => entries.push(entry),
    onFault: (error) => faults.push(error.code),
    ...options,
  });
  return { outbox, sent, entries, faults };
};
const item = (cmid: string, more: Partial<OutboxItem> = {}): OutboxItem =>
  ({ cmid, by: userId(1), roomId: room, command: 'message:send', payload: { body: cmid }, after: null, createdAt: 0, ...more }) as OutboxItem;

describe('an outbox', () => {
  it('has one command of a room under way at a time, and rooms side by side', async () => {
    const { outbox, sent } = outboxWith();
    outbox.connected(new Scope());
    for (const body of ['1', '2']) outbox.add(room, 'message:send', { body }, null);
    outbox.add(roomId(2), 'message:send', { body: 'other' }, null);
    await vi.waitUntil(() => sent.length === 2);
    expect(sent.map(({ body }) => body)).toEqual(['1', 'other']);
    sent[0]?.answer(1);
    await vi.waitUntil(() => sent.length === 3);
    expect(sent[2]?.body).toBe('2');
  });

  it('sends nothing that is not stored yet, and fails what cannot be stored', async () => {
    const put = Promise.withResolvers<void>();
    const storage = { ...memoryOutbox(), put: () => put.promise };
    const { outbox, sent, entries } = outboxWith({ storage });
    outbox.connected(new Scope());
    outbox.add(room, 'message:send', { body: 'x' }, null);
    await new Promise((resolve) => setImmediate(resolve));
    expect(sent).toEqual([]);
    put.reject(new Error('quota'));
    await vi.waitUntil(() => entries.at(-1)?.state === 'failed');
    expect(entries.at(-1)).toMatchObject({ error: { code: 'storage_failed' } });
    expect(sent).toEqual([]);
  });

  it('sends what the storage held before what is said now, as a later try', async () => {
    const stored = Promise.withResolvers<OutboxItem[]>();
    const { outbox, sent } = outboxWith({ storage: { ...memoryOutbox(), load: () => stored.promise } });
    outbox.connected(new Scope());
    outbox.add(room, 'message:send', { body: 'new' }, null);
    await new Promise((resolve) => setImmediate(resolve));
    expect(sent).toEqual([]);
    stored.resolve([item('00B'), item('00A')]);
    for (const [n, body] of ['00A', '00B', 'new'].entries()) {
      await vi.waitUntil(() => sent.length === n + 1);
      expect(sent[n]).toMatchObject({ body, attempt: body === 'new' ? 1 : 2 });
      sent[n]?.answer(n);
    }
  });

  it('sends what is said though the storage cannot be read, and tells', async () => {
    const { outbox, sent, faults } = outboxWith({ storage: { ...memoryOutbox(), load: () => Promise.reject(new Error('no')) } });
    outbox.add(room, 'message:send', { body: 'x' }, null);
    outbox.connected(new Scope());
    await vi.waitUntil(() => sent.length === 1);
    expect(faults).toEqual(['storage_failed']);
  });

  it('does not take in again what it has just settled', async () => {
    const storage = memoryOutbox();
    const { outbox, sent, entries } = outboxWith({ storage: { ...storage, remove: () => Promise.resolve() } });
    outbox.connected(new Scope());
    outbox.add(room, 'message:send', { body: 'x' }, null);
    await vi.waitUntil(() => sent.length === 1);
    sent[0]?.answer(1);
    await vi.waitUntil(() => entries.at(-1)?.state === 'sent');
    expect(await storage.load()).toHaveLength(1);
    await outbox.load();
    expect(outbox.size).toBe(0);
  });

  it('goes on in a new connection though the old one answers late', async () => {
    const { outbox, sent } = outboxWith();
    const old = new Scope();
    outbox.connected(old);
    outbox.add(room, 'message:send', { body: 'x' }, null);
    await vi.waitUntil(() => sent.length === 1);
    old.end();
    outbox.disconnected();
    outbox.connected(new Scope());
    sent[0]?.fail('offline');
    await vi.waitUntil(() => sent.length === 2);
    expect(sent[1]).toMatchObject({ cmid: sent[0]?.cmid, attempt: 2 });
  });

  it('takes its own event for an answer, also between two tries', async () => {
    const { outbox, sent, entries } = outboxWith({ timings: { ...DEFAULT_TIMINGS, retryMinMs: 60_000, retryMaxMs: 60_000 } });
    outbox.connected(new Scope());
    const cmid = outbox.add(room, 'message:send', { body: 'x' }, null);
    outbox.add(room, 'message:send', { body: 'y' }, null);
    await vi.waitUntil(() => sent.length === 1);
    sent[0]?.fail('unavailable');
    await new Promise((resolve) => setImmediate(resolve));
    outbox.seen(room, cmid);
    expect(entries.at(-1)).toMatchObject({ state: 'sent', answer: null });
    await vi.waitUntil(() => sent.length === 2);
    expect(sent[1]?.body).toBe('y');
  });

  it('keeps a failure in the storage, with its reason, and does not send it by itself', async () => {
    const storage = memoryOutbox();
    const { outbox, sent, entries } = outboxWith({ storage });
    outbox.connected(new Scope());
    outbox.add(room, 'message:send', { body: 'x' }, null);
    await vi.waitUntil(() => sent.length === 1);
    sent[0]?.fail('forbidden');
    await vi.waitUntil(() => entries.at(-1)?.state === 'failed');
    const next = outboxWith({ storage });
    next.outbox.connected(new Scope());
    await vi.waitUntil(() => next.outbox.size === 1);
    expect(next.entries).toMatchObject([{ state: 'failed', error: { code: 'forbidden', retryable: false } }]);
    expect(next.sent).toEqual([]);
    expect(next.outbox.discard(room, next.entries[0]!.item.cmid)).toBe(true);
    await vi.waitFor(async () => expect(await storage.load()).toEqual([]));
  });
});

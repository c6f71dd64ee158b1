import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldMessages, type EventId, type MessageView, type RoomEvent } from '@parley/protocol';
import { RoomScript, created, type ScriptedEvent } from '@parley/testkit/room-script';
import { foldHistory } from './room-history.ts';

/** What a store that has taken in `events` answers. */
const pageOf = (events: readonly RoomEvent[], before: number | undefined, limit: number) => {
  const hidden = new Map<EventId, string>();
  const all = [...foldMessages(new Map(), events, hidden).values()].filter(({ seq }) => before === undefined || seq < before);
  const messages = all.slice(-limit);
  return { watermark: null, messages, hiddenBodies: [...hidden].filter(([id]) => messages.some((message) => message.id === id)), more: all.length > limit };
};

type Step = { kind: 'say' | 'edit' | 'delete' | 'hide' | 'restore'; which: number };

const roomOf = (steps: readonly Step[]): RoomEvent[] => {
  const script = new RoomScript();
  script.say(...created(script.owner));
  for (const [n, { kind, which }] of steps.entries()) {
    const messages = script.events.filter((event) => event.type === 'message.created');
    const target = messages[which % Math.max(1, messages.length)];
    const messageId = target?.id;
    const event: ScriptedEvent = kind === 'say' || !messageId ? { type: 'message.created', data: { name: 'Ada', body: `said ${n}` } }
      : kind === 'edit' ? { type: 'message.edited', data: { messageId, body: `edited ${n}` } }
        : kind === 'delete' ? { type: 'message.deleted', data: { messageId } }
          : kind === 'hide' ? { type: 'message.hidden', data: { messageId, reason: 'spam' } } : { type: 'message.restored', data: { messageId } };
    script.say(event);
  }
  return script.events;
};

const steps = fc.array(fc.record({ kind: fc.constantFrom('say' as const, 'say' as const, 'say' as const, 'edit' as const, 'delete' as const, 'hide' as const, 'hide' as const, 'restore' as const), which: fc.nat(8) }), { maxLength: 40 });

describe('a page of history', () => {
  it('is the same however far the store is behind the log', () => {
    fc.assert(fc.property(steps, fc.nat(42), fc.option(fc.integer({ min: 1, max: 45 }), { nil: undefined }), fc.integer({ min: 1, max: 10 }), (script, behind, before, limit) => {
      const events = roomOf(script);
      const stored = events.slice(0, Math.max(0, events.length - behind));
      const { messages, more } = foldHistory({ before, limit }, pageOf(stored, before, limit), events.slice(stored.length));
      const truth = pageOf(events, before, limit);
      expect(messages).toEqual(truth.messages satisfies MessageView[]);
      expect(more).toBe(truth.more);
      for (const { body, hidden } of messages) if (hidden) expect(body).toBeNull();
    }), { numRuns: 300 });
  });

  it('is bounded in bytes too, however much the store lacks, and pages through all the same', () => {
    const script = new RoomScript();
    script.say(...created(script.owner));
    for (let n = 0; n < 100; n += 1) script.say({ type: 'message.created', data: { name: 'Ada', body: 'x'.repeat(16 * 1024) } });
    const pages: number[][] = [];
    for (let before: number | undefined; ; before = pages[0]![0]) {
      const { messages, more } = foldHistory({ before, limit: 1_000 }, { watermark: null, messages: [], hiddenBodies: [], more: false }, script.events);
      pages.unshift(messages.map(({ seq }) => seq));
      if (!more) break;
    }
    expect(Math.max(...pages.map(({ length }) => length))).toBeLessThan(33);
    expect(pages.flat()).toEqual(Array.from({ length: 100 }, (_, n) => n + 3));
  });
});

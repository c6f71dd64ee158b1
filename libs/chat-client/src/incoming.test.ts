import { describe, expect, it } from 'vitest';
import type { ServerEventName } from '@parley/protocol';
import { checkHint } from './incoming.ts';
import { roomId, userId } from './testing/fake-gateway.ts';

const event = { roomId: roomId(1), epoch: 1, seq: 1, id: '0'.repeat(26), type: 'message.created', by: userId(1), at: 0, cmid: 'c', data: { name: 'n', body: 'b' } };
const events = (...list: unknown[]) => ({ roomId: roomId(1), epoch: 1, events: list });
const accepts = (name: ServerEventName, payload: unknown, validate: boolean): boolean => {
  try {
    checkHint(name, payload, validate);
    return true;
  } catch {
    return false;
  }
};

describe('what the server tells', () => {
  it.each([false, true])('is let through if it is well-formed (validate: %s)', (validate) => {
    expect(accepts('room:events', events(event), validate)).toBe(true);
    expect(accepts('room:head', { roomId: roomId(1), epoch: 1, seq: 3 }, validate)).toBe(true);
    expect(accepts('room:live', { roomId: roomId(1), live: false }, validate)).toBe(true);
  });

  it.each([false, true])('of a type that is not known yet takes its place in the sequence (validate: %s)', (validate) => {
    expect(accepts('room:events', events({ ...event, type: 'reaction.added', data: {} }), validate)).toBe(true);
  });

  it.each([
    ['an event of another room', 'room:events', events({ ...event, roomId: roomId(2) })],
    ['an event without a seq', 'room:events', events({ ...event, seq: undefined })],
    ['an event with half a seq', 'room:events', events({ ...event, seq: 1.5 })],
    ['an event without data', 'room:events', events({ ...event, data: null })],
    ['no events', 'room:events', { roomId: roomId(1), epoch: 1 }],
    ['a head without its epoch', 'room:head', { roomId: roomId(1), seq: 3 }],
    ['nothing', 'room:head', null],
    ['a room that is none', 'room:added', { room: { id: 'x' } }],
  ] as const)('is refused where it lacks what orders it: %s', (_, name, payload) => {
    expect(accepts(name, payload, false)).toBe(false);
  });

  it('is looked at in full only where asked', () => {
    const odd = events({ ...event, data: { name: 7 } });
    expect([accepts('room:events', odd, false), accepts('room:events', odd, true)]).toEqual([true, false]);
  });
});

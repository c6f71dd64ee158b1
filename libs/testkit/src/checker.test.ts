import { describe, expect, it } from 'vitest';
import { checkHistories, describeViolations, MAX_EXAMPLES, type AckRecord, type CheckedEvent, type Histories, type ListenerStart, type ViolationKind } from './checker.ts';

const roomId = 'r1';
const event = (seq: number, more: Partial<CheckedEvent> = {}): CheckedEvent =>
  ({ roomId, epoch: 1, seq, id: `id${seq}`, type: 'message.created', by: seq % 2 ? 'ann' : 'bob', cmid: `c${seq}`, ...more });
const ackOf = ({ epoch, seq, id, by, cmid }: CheckedEvent): AckRecord => ({ roomId, epoch, seq, id, by: by!, cmid: cmid! });

/** Ten messages, all acked, two listeners: nothing is wrong. */
const sound = () => {
  const log = Array.from({ length: 10 }, (_, n) => event(n + 1));
  const first: (CheckedEvent | ListenerStart)[] = [...log];
  const second: (CheckedEvent | ListenerStart)[] = [{ start: true, roomId, epoch: 1, seq: 4 }, ...log.slice(4)];
  return {
    log, first, second,
    acks: log.map(ackOf),
    sends: log.map(({ by, cmid, seq }) => ({ roomId, by: by!, cmid: cmid!, sentAt: seq })),
  };
};
type Sound = ReturnType<typeof sound>;
const histories = ({ sends, acks, log, first, second }: Sound, quiet = true): Histories => ({
  sends, acks, rooms: [{ roomId, events: log }], listeners: [{ listener: 'first', entries: first, quiet }, { listener: 'second', entries: second }],
});
const kindsAfter = (spoil: (world: Sound) => void): ViolationKind[] => {
  const world = sound();
  spoil(world);
  return [...new Set(checkHistories(histories(world)).violations.map((violation) => violation.kind))].sort();
};

/** One command that caused the first event and another one. */
const handedOver = (other: number) => (world: Sound) => {
  for (const at of [0, other]) world.log[at] = { ...world.log[at]!, type: 'member.role_changed', by: 'carl', cmid: 'handover' };
  world.acks = [];
  world.sends = [];
};
/** The first listener jumps from 2 to 6, by way of these pages of history. */
const reloaded = (messages: CheckedEvent[] | undefined) => ({ first }: Sound) => {
  first.splice(2, 4, { start: true, roomId, epoch: 1, seq: 6, ...(messages ? { messages } : {}) });
};

describe('the fault checker', () => {
  it('finds nothing in sound histories and says what it looked at', () => {
    const verdict = checkHistories(histories(sound()));
    expect(verdict.violations).toEqual([]);
    expect(verdict.counts).toEqual({ sends: 10, acks: 10, logged: 10, applied: 16, listeners: 2, unresolved: 0 });
    expect(describeViolations(verdict)).toBe('');
  });

  it('finds an acked message that is not in the log', () => {
    expect(kindsAfter(({ acks }) => acks.push({ roomId, by: 'ann', cmid: 'lost', epoch: 1, seq: 11, id: 'id11' }))).toEqual(['acked_missing']);
  });

  it.each<[string, Partial<AckRecord>]>([['seq', { seq: 9 }], ['id', { id: 'idx' }], ['epoch', { epoch: 2 }]])('finds an ack with another %s than the log', (_, wrong) => {
    expect(kindsAfter(({ acks }) => { acks[4] = { ...acks[4]!, ...wrong } as AckRecord; })).toEqual(['ack_disagrees']);
  });

  it('asks of an ack that was seen rather than answered only that its message is there', () => {
    const seen = { roomId, by: 'ann', epoch: null, seq: null, id: null };
    expect(kindsAfter(({ acks }) => { acks[4] = { ...seen, cmid: 'c5' }; })).toEqual([]);
    expect(kindsAfter(({ acks }) => { acks[4] = { ...seen, cmid: 'lost' }; })).toEqual(['acked_missing']);
  });

  it.each<[string, (pages: { seq: number; id: string }[]) => void, ViolationKind[]]>([
    ['is that of the log', () => {}, []],
    ['lacks the first message', (pages) => pages.shift(), ['history_lacks']],
    ['lacks one', (pages) => pages.splice(4, 1), ['history_lacks']],
    ['lacks the last', (pages) => pages.pop(), ['history_lacks']],
    ['is empty', (pages) => pages.splice(0), ['history_lacks']],
    ['has one twice', (pages) => pages.splice(4, 0, pages[4]!), ['history_disagrees']],
    ['has another one', (pages) => pages.splice(4, 1, { seq: 5, id: 'other' }), ['history_disagrees']],
    ['has one more', (pages) => pages.push({ seq: 11, id: 'id11' }), ['history_disagrees']],
    ['has two in another order', (pages) => pages.splice(4, 2, pages[5]!, pages[4]!), ['history_disagrees', 'history_lacks']],
  ])('sees when the history that people page through %s', (_, spoil, kinds) => {
    const world = sound();
    const history = world.log.map(({ seq, id }) => ({ seq, id }));
    spoil(history);
    const { totals } = checkHistories({ ...histories(world), rooms: [{ roomId, events: world.log, history }] });
    expect(Object.keys(totals).sort()).toEqual(kinds);
  });

  it('does not take one cmid of two senders for one command', () => {
    expect(kindsAfter(({ log, sends, acks }) => {
      for (const list of [log, sends, acks]) list[3] = { ...list[3]!, cmid: 'c3' } as never;
    })).toEqual([]);
  });

  it('finds a message that stands in the log twice, side by side or apart', () => {
    for (const at of [4, 8]) {
      expect(kindsAfter(({ log, sends, acks }) => {
        log[at] = { ...log[at]!, cmid: 'c3', by: 'ann' };
        sends.splice(at, 1);
        acks.splice(at, 1);
      })).toEqual(['cmid_doubled']);
    }
    const world = sound();
    world.log[3] = { ...world.log[3]!, by: 'ann', cmid: 'c3' };
    expect(checkHistories(histories(world)).totals.cmid_doubled).toBe(1);
  });

  it('lets one command cause several events side by side, and no others', () => {
    expect(kindsAfter(handedOver(1))).toEqual([]);
    expect(kindsAfter(handedOver(2))).toEqual(['cmid_doubled']);
  });

  it('finds an id that stands in the log twice', () => {
    expect(kindsAfter(({ log, first, second, acks }) => {
      log[6] = { ...log[6]!, id: 'id2' };
      first[6] = log[6]!;
      second[3] = log[6]!;
      acks[6] = ackOf(log[6]);
    })).toEqual(['id_doubled']);
  });

  it('finds a log that does not count on, and each hole once', () => {
    const world = sound();
    world.log.splice(4, 1);
    expect(checkHistories(histories(world)).totals.log_not_dense).toBe(1);
  });

  it('finds a listener that counts on where the log does not', () => {
    const { log } = sound();
    const events = [...log.slice(0, 8), event(10)];
    const verdict = checkHistories({ sends: [], acks: [], rooms: [{ roomId, events }], listeners: [{ listener: 'first', entries: [...log.slice(0, 8), event(9, { id: 'id10' })] }] });
    expect(verdict.totals).toEqual({ log_not_dense: 1, listener_disagrees: 1 });
  });

  it('finds an epoch that went back', () => {
    expect(kindsAfter(({ log, acks }) => {
      log[4] = { ...log[4]!, epoch: 2 };
      acks[4] = ackOf(log[4]);
    })).toEqual(['epoch_went_back']);
  });

  it('finds a message that nobody sent', () => {
    expect(kindsAfter(({ sends, acks }) => { sends.splice(4, 1); acks.splice(4, 1); })).toEqual(['never_sent']);
  });

  it('counts what was sent and came to nothing, which is no violation', () => {
    const world = sound();
    world.sends.push({ roomId, by: 'ann', cmid: 'never', sentAt: 99 });
    const verdict = checkHistories(histories(world));
    expect(verdict.violations).toEqual([]);
    expect(verdict.counts.unresolved).toBe(1);
  });

  it("finds a sender's messages in another order than sent", () => {
    expect(kindsAfter(({ sends }) => { [sends[2], sends[4]] = [sends[4]!, sends[2]!]; })).toEqual(['sender_reordered']);
  });

  it('finds a listener that skipped an event', () => {
    expect(kindsAfter(({ first }) => { first.splice(4, 1); })).toEqual(['listener_gap']);
  });

  it('finds a listener that applied an event twice', () => {
    expect(kindsAfter(({ first }) => { first.splice(4, 0, first[4]!); })).toEqual(['listener_repeated']);
  });

  it('goes on from the furthest place of a listener that went back', () => {
    expect(kindsAfter(({ first }) => { first.splice(5, 0, first[1]!); })).toEqual(['listener_repeated']);
  });

  it('finds two listeners that saw two events in a different order', () => {
    const swapped = kindsAfter(({ first }) => {
      const [a, b] = [first[4] as CheckedEvent, first[5] as CheckedEvent];
      first[4] = { ...b, seq: a.seq };
      first[5] = { ...a, seq: b.seq };
    });
    expect(swapped).toEqual(['listener_disagrees']);
    expect(kindsAfter(({ first }) => { [first[4], first[5]] = [first[5]!, first[4]!]; })).toEqual(['listener_gap', 'listener_repeated']);
  });

  it('finds a listener that has what the log does not', () => {
    expect(kindsAfter(({ first }) => { first.push(event(11)); })).toEqual(['listener_disagrees']);
  });

  it('finds a listener that lacks the end once all is quiet, and only then', () => {
    expect(kindsAfter(({ first }) => { first.pop(); })).toEqual(['listener_behind']);
    const world = sound();
    world.first.pop();
    expect(checkHistories(histories(world, false)).violations).toEqual([]);
  });

  it('finds a listener that never heard anything after its start', () => {
    expect(kindsAfter(({ second }) => { second.length = 1; })).toEqual(['listener_behind']);
  });

  it('finds a listener that heard nothing at all', () => {
    const world = sound();
    const verdict = checkHistories({ ...histories(world), listeners: [{ listener: 'deaf', entries: [], rooms: [roomId] }] });
    expect(verdict.violations).toEqual([{ kind: 'listener_behind', listener: 'deaf', roomId, known: 0, head: 10 }]);
  });

  it('lets a listener reload if it paged what it jumped over', () => {
    const { log } = sound();
    expect(kindsAfter(reloaded(log.slice(0, 6)))).toEqual([]);
    expect(kindsAfter(reloaded(log.slice(0, 5)))).toEqual(['listener_lost_in_reload']);
    expect(kindsAfter(reloaded(undefined))).toEqual(['listener_gap']);
  });

  it('asks a reload for messages alone, and for none from before the first start', () => {
    expect(kindsAfter(({ log, first, acks, sends }) => {
      log[3] = { ...log[3]!, type: 'member.joined' };
      for (const list of [acks, sends]) list.splice(3, 1);
      reloaded(log.filter(({ seq }) => seq !== 4))({ first } as Sound);
    })).toEqual([]);
    expect(kindsAfter(({ second }) => { second[0] = { start: true, roomId, epoch: 1, seq: 4, messages: [] }; })).toEqual([]);
  });

  it('lets a listener start again where it stands', () => {
    expect(kindsAfter(({ first }) => { first.splice(5, 0, { start: true, roomId, epoch: 1, seq: 5 }); })).toEqual([]);
  });

  it.each<[string, (world: Sound) => void]>([
    ['a listener', ({ first }) => first.push(event(1, { roomId: 'other' }))],
    ['an ack', ({ acks }) => acks.push({ ...acks[0]!, roomId: 'other' })],
  ])('names a room whose log was not given, by %s', (_, spoil) => {
    expect(kindsAfter(spoil)).toEqual(['room_unknown']);
  });

  it('asks the history for messages alone', () => {
    const world = sound();
    world.log[3] = { ...world.log[3]!, type: 'member.joined' };
    const history = world.log.filter(({ seq }) => seq !== 4).map(({ seq, id }) => ({ seq, id }));
    expect(checkHistories({ ...histories(world), acks: [], sends: [], rooms: [{ roomId, events: world.log, history }] }).violations).toEqual([]);
  });

  it('keeps some examples of each kind and counts all', () => {
    const world = sound();
    world.acks = Array.from({ length: 500 }, (_, n) => ({ roomId, by: 'ann', cmid: `lost${n}`, epoch: 1, seq: n, id: '' }));
    const verdict = checkHistories(histories(world));
    expect(verdict.violations).toHaveLength(MAX_EXAMPLES);
    expect(verdict.totals).toEqual({ acked_missing: 500 });
    expect(describeViolations(verdict)).toMatch(/^acked_missing: 500\n/);
  });

  it('goes through a million applied events in seconds', () => {
    const log = Array.from({ length: 20_000 }, (_, n) => event(n + 1));
    const listeners = Array.from({ length: 50 }, (_, n) => ({ listener: `l${n}`, entries: log }));
    const started = performance.now();
    const verdict = checkHistories({ sends: [], acks: log.map(ackOf), rooms: [{ roomId, events: log }], listeners });
    expect(verdict.counts.applied).toBe(1_000_000);
    expect(verdict.violations).toEqual([]);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

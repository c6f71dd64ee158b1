import { describe, expect, test } from 'vitest';
import { newCmid, newUserId, realChance, roomIdOf, RoomLogError, type NewEntry, type RoomRef } from '@parley/domain';
import { logSubject, regionOf } from '@parley/nats';
import type { RoomEvent } from '@parley/protocol';
import { headers, type MsgHdrs } from '@nats-io/transport-node';
import { decodeEntry, decodeHead, encodeEntry, ENTRY_HEADER, firstSeqOf, type StoredMessage } from './entry-codec.ts';

const by = newUserId();
const ref: RoomRef = { roomId: roomIdOf(by, newCmid()), epoch: 3 };
const subject = logSubject(regionOf('main'), ref);
const event = (seq: number): RoomEvent => ({ ...ref, seq, id: realChance.eventId(), type: 'message.created', by, at: 1, data: { name: 'Ada', body: 'x\r\nParley-Seq: 9' }, cmid: newCmid() });
const entry: NewEntry = { events: [event(4), event(5)], prevId: realChance.eventId() };

const stored = (fields: MsgHdrs, payload: string): StoredMessage => ({
  subject, position: 17, payload,
  headers: `NATS/1.0\r\n${[...fields].map(([key, [value]]) => `${key}: ${value}\r\n`).join('')}\r\n`,
});
const encoded = encodeEntry(entry, 'stream', 16);
const codeOf = (run: () => unknown): string => {
  try {
    run();
    return 'none';
  } catch (error) {
    return error instanceof RoomLogError ? error.code : 'another';
  }
};

describe('an entry as a message', () => {
  test('comes back as it went', () => {
    expect(decodeEntry(stored(encoded.headers, encoded.payload))).toEqual({ ref, entry: { ...entry, position: 17 } });
    const first: NewEntry = { events: [event(1)], prevId: null };
    const message = encodeEntry(first, 'stream', 0);
    expect(decodeEntry(stored(message.headers, message.payload)).entry).toEqual({ ...first, position: 17 });
  });

  test('asks for compare-and-set on the very stream, and for no deduplication', () => {
    expect(Object.fromEntries(encoded.headers)).toMatchObject({ 'Nats-Expected-Stream': ['stream'], 'Nats-Expected-Last-Subject-Sequence': ['16'] });
    expect(encoded.headers.has('Nats-Msg-Id')).toBe(false);
  });

  test('tells its head by its headers alone', () => {
    encoded.headers.set('Nats-Sequence', '17');
    expect(decodeHead(subject.replace('log.', 'head.'), encoded.headers)).toEqual({ ...ref, firstSeq: 4, seq: 5, position: 17 });
    expect(firstSeqOf(stored(encoded.headers, ''))).toBe(4);
    expect(decodeHead(subject, headers())).toBeNull();
    expect(decodeHead('head.main.probe', encoded.headers)).toBeNull();
    expect(decodeHead(subject, undefined)).toBeNull();
  });

  const changed = (change: (fields: MsgHdrs) => void): MsgHdrs => {
    const fields = headers();
    for (const [key, [value]] of encoded.headers) fields.set(key, value!);
    change(fields);
    return fields;
  };
  const events = (change: (event: Record<string, unknown>) => void): string => {
    const copy = JSON.parse(encoded.payload) as Record<string, unknown>[];
    change(copy[1]!);
    return JSON.stringify(copy);
  };
  test.each([
    ['no JSON', encoded.headers, '{'],
    ['no array', encoded.headers, '{}'],
    ['no events', encoded.headers, '[]'],
    ['something that is no event', encoded.headers, '[1,2]'],
    ['no headers', headers(), encoded.payload],
    ['a hole', encoded.headers, events((each) => { each['seq'] = 6; })],
    ['an event of another room', encoded.headers, events((each) => { each['roomId'] = roomIdOf(by, newCmid()); })],
    ['an event of another epoch', encoded.headers, events((each) => { each['epoch'] = 4; })],
    ['an event without data', encoded.headers, events((each) => { each['data'] = null; })],
    ['an event without id', encoded.headers, events((each) => { delete each['id']; })],
    ['a head that lies', changed((fields) => fields.set(ENTRY_HEADER.seq, '6')), encoded.payload],
    ['no predecessor', changed((fields) => fields.delete(ENTRY_HEADER.prevId)), encoded.payload],
  ])('with %s is a corrupt entry', (_, fields, payload) => {
    expect(codeOf(() => decodeEntry(stored(fields, payload)))).toBe('corrupt_entry');
  });

  test('of a subject that is no room\'s is a corrupt entry', () => {
    expect(codeOf(() => decodeEntry({ ...stored(encoded.headers, encoded.payload), subject: 'log.main.probe' }))).toBe('corrupt_entry');
  });

  test('without events is a defect of the caller', () => {
    expect(() => encodeEntry({ events: [], prevId: null }, 'stream', 0)).toThrow(RangeError);
  });
});

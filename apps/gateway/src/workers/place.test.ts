import { expect, test } from 'vitest';
import { withArguments } from './arguments.ts';
import { ownerOf } from './place.ts';
import { shareOfAdmission } from './share-of-admission.ts';

test.each([
  ['/socket.io/?EIO=4&transport=polling&sid=w2.abc', 2],
  ['/socket.io/?sid=w12.abc&EIO=4', 12],
  ['/socket.io/?EIO=4&transport=polling', null],
  ['/socket.io/?EIO=4&sid=abc', null],
  ['/socket.io/?EIO=4&xsid=w2.abc', null],
  ['/socket.io/?EIO=4&sid=w123.abc', null],
  ['/socket.io/?EIO=4&sid=w2', null],
  ['/socket.io/?EIO=4&sid=%77%32.abc', 2],
  // Of several, Engine.IO takes the last.
  ['/socket.io/?EIO=4&sid=w1.abc&sid=w2.abc', 2],
  ['/socket.io/?EIO=4&transport=polling&sid=w2.abc&sid=', null],
])('a request for %s is about a session of worker %s', (url, owner) => {
  expect(ownerOf(url)).toBe(owner);
});

test('the number of workers on the command line comes before that in the environment', () => {
  expect(withArguments([], { WORKERS: '3' })).toEqual({ WORKERS: '3' });
  expect(withArguments(['--workers', '4'], { WORKERS: '3', PORT: '1' })).toEqual({ WORKERS: '4', PORT: '1' });
  expect(() => withArguments(['--worker', '4'], {})).toThrow('--worker');
});

test('a worker lets in its share of what its gateway does', () => {
  const settings = { acceptRate: 1_000, handshakes: 9, addressSockets: 100 };
  expect(shareOfAdmission(settings, null)).toEqual(settings);
  const place = { number: 1, of: 2, start: 1, door: () => '', labels: {}, sessionPrefix: 'w1.' };
  expect(shareOfAdmission(settings, place)).toEqual({ acceptRate: 500, handshakes: 5, addressSockets: 100 });
});

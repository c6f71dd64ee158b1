import { expect, it } from 'vitest';
import { evolve } from './evolve.ts';
import { roomOfThree } from './testing/room-book.ts';

it('a log does not begin with anything but room.created at 1', () => {
  const [created, joined] = roomOfThree().log;
  expect(() => evolve(null, { ...joined!, seq: 1 })).toThrow(RangeError);
  expect(() => evolve(null, { ...created!, seq: 2 })).toThrow(RangeError);
});

it('an event that does not follow is refused, and leaves the state as it was', () => {
  const { state, log } = roomOfThree();
  const before = JSON.stringify(state);
  expect(() => evolve(state, log.at(-1)!)).toThrow(RangeError);
  expect(() => evolve(state, { ...log.at(-1)!, seq: log.length + 2 })).toThrow(RangeError);
  expect(JSON.stringify(state)).toBe(before);
});

it('a room is not created twice', () => {
  const { state, log } = roomOfThree();
  expect(() => evolve(state, { ...log[0]!, seq: log.length + 1 })).toThrow(RangeError);
});

it('the state is plain JSON', () => {
  const { state } = roomOfThree();
  expect(JSON.parse(JSON.stringify(state))).toEqual(state);
});

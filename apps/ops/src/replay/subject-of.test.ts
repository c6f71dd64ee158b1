import { newCmid, newUserId, roomIdOf } from '@parley/domain';
import { logSubject, regionOf } from '@parley/nats';
import { expect, test } from 'vitest';
import { subjectOf } from './subject-of.ts';

const roomId = roomIdOf(newUserId(), newCmid());
const ref = { roomId, epoch: 3 };

test('a letter’s source tells what it is about, as persistence wrote it', () => {
  expect(subjectOf({ source: `${roomId}/3/17` }), 'an event that was not projected').toEqual({ is: 'projection', ref });
  expect(subjectOf({ source: `${roomId}/3@42` }), 'an entry that was not taken in').toEqual({ is: 'entry', ref, position: 42 });
  expect(subjectOf({ source: `${logSubject(regionOf('main'), ref)}@42` }), 'an entry that was not understood').toEqual({ is: 'entry', ref, position: 42 });
});

test.each(['', 'nonsense', 'r/1/2', `${roomId}/0/1`, `${roomId}/3`, 'log.main.probe@7', `@${roomId}/3@1`])('of anything else nothing is guessed: “%s”', (source) => {
  expect(subjectOf({ source })).toBeNull();
});

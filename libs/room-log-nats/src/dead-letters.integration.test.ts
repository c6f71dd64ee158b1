import { expect, onTestFinished, test } from 'vitest';
import { RoomLogError, type DeadLetter } from '@parley/domain';
import { connectNats } from '@parley/nats';
import { startNats } from '@parley/servers';
import { NatsDeadLetters } from './index.ts';
import { inTempDir, region } from './testing/rigs.ts';

const letter = (id: string, consumer = 'persistence'): DeadLetter => ({ id, consumer, source: `room/${id}`, reason: 'it could not be projected', payload: '{"x":"é"}', at: 1_700_000_000_000 });

const setUp = async () => {
  const server = await inTempDir((dataDir) => startNats({ dataDir }));
  onTestFinished(() => server.stop());
  const nats = await connectNats({ servers: server.url, name: 'test', reconnectDelayMs: 50 });
  onTestFinished(() => nats.close());
  return { server, nats, letters: await NatsDeadLetters.connect({ nats, region, requestTimeoutMs: 1_000 }) };
};

test('letters are listed oldest first, the same one once, until they are removed', async () => {
  const { nats, letters } = await setUp();
  expect(await letters.list(10)).toEqual([]);
  await letters.put(letter('a'));
  await letters.put(letter('b', 'moderation'));
  await letters.put(letter('a'));
  await letters.put(letter('c'));
  const other = await NatsDeadLetters.connect({ nats, region });
  expect(await other.list(10)).toEqual([letter('a'), letter('b', 'moderation'), letter('c')]);
  expect(await other.list(2)).toHaveLength(2);
  expect(await other.list(0)).toEqual([]);
  await other.remove('b');
  await other.remove('b');
  await other.remove('never was');
  expect((await letters.list(10)).map(({ id }) => id)).toEqual(['a', 'c']);
  await letters.remove('a');
  await letters.remove('c');
  expect(await letters.list(10)).toEqual([]);
});

test('letters survive kill -9 of the server, and while it is away they are refused', async () => {
  const { server, letters } = await setUp();
  await letters.put(letter('a'));
  await server.kill();
  await expect(letters.put(letter('b'))).rejects.toBeInstanceOf(RoomLogError);
  await expect(letters.list(10)).rejects.toMatchObject({ code: 'unavailable' });
  await server.restart();
  await expect.poll(() => letters.list(10).catch(() => null), { timeout: 20_000 }).toEqual([letter('a')]);
  await letters.put(letter('b'));
});

import { expect, it } from 'vitest';
import { waitFor } from '@parley/testkit';
import { connect } from '@parley/testkit/wire-client';
import { createRig, metric, roomOf, say } from '../testing/rig.ts';
import { Patience } from './patience.ts';

it('patience is long, and comes back', () => {
  let now = 0;
  const patience = new Patience(undefined, () => now);
  const endured = (count: number): number => Array.from({ length: count }, () => patience.endures()).filter(Boolean).length;
  expect(endured(5_000)).toBe(5_000);
  expect(patience.endures()).toBe(false);
  now += 1_000;
  expect(endured(499)).toBe(499);
  now += 60_000;
  expect(endured(6_000)).toBe(5_000);
});

it('a socket that floods with what must be refused is cut off, and nobody else', async () => {
  const node = await createRig().node();
  const [ada, bob] = [await node.guest('Ada'), await node.guest('Bob')];
  const { roomId } = await roomOf(ada);
  const kinds: [string, unknown][] = [['no:such', {}], ['room:join', { roomId: 'nonsense' }], ['message:send', 7], ['room:list', null]];
  // One that is confused for a while is told so, and goes on.
  for (const [name, argument] of kinds) expect(await bob.raw(name, argument)).toMatchObject({ ok: false });
  await bob.must('room:join', { roomId });
  for (let n = 0; n < 8_000; n += 1) bob.socket.emit(...kinds[n % kinds.length]!);
  await waitFor('the flood to end', () => !bob.socket.connected);
  expect(await metric(node, 'floods_total')).toBe(1);
  await say(ada, roomId, 'and on it goes');
});

it('what a flood brought in one request is not looked at once it was cut off', async () => {
  const node = await createRig().node();
  const ada = await node.guest('Ada');
  const eve = await connect(node.url, ada.session, { transports: ['polling'] });
  const session = `${node.url}/socket.io/?EIO=4&transport=polling&sid=${eve.socket.io.engine.id}`;
  await fetch(session, { method: 'POST', body: Array.from({ length: 50_000 }, () => '42["no:such"]').join('\x1e') });
  await waitFor('the flood to end', () => !eve.socket.connected);
  const seen = (await node.metrics.registry.getSingleMetric('parley_command_seconds')?.get())?.values as { metricName: string; value: number; labels: { command?: string } }[];
  expect(seen.find(({ metricName, labels }) => metricName.endsWith('_count') && labels.command === 'unknown')?.value).toBeLessThan(6_000);
});

it('packets that ask for nothing are bounded too, and an honest burst is far below', async () => {
  const node = await createRig().node();
  const ada = await node.guest('Ada');
  const eve = await connect(node.url, ada.session, { transports: ['polling'] });
  const session = `${node.url}/socket.io/?EIO=4&transport=polling&sid=${eve.socket.io.engine.id}`;
  const pongs = (count: number) => fetch(session, { method: 'POST', body: Array.from({ length: count }, () => '3').join('\x1e') });
  await pongs(1_000);
  expect(await metric(node, 'floods_total')).toBe(0);
  await pongs(400_000);
  await waitFor('the flood to end', () => !eve.socket.connected);
  expect(await metric(node, 'floods_total')).toBe(1);
  expect(ada.socket.connected).toBe(true);
});

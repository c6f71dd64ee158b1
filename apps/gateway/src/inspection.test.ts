import { expect, onTestFinished, test } from 'vitest';
import { io } from 'socket.io-client';
import { waitFor } from '@parley/testkit';
import { openSession } from '@parley/testkit/wire-client';
import { createRig, roomOf } from './testing/rig.ts';

test('an operator sees who is connected and where they listen, page by page, or one user alone', async () => {
  const node = await createRig().node();
  const [ada, ben, cleo] = [await node.guest('Ada'), await node.guest('Ben'), await node.guest('Cleo')];
  const lobby = await roomOf(ada, ben);
  const den = await roomOf(ada);
  const { inspection } = node.gateway;
  await waitFor('all to listen', () => inspection.counts().rooms === 2);
  expect(inspection.counts()).toEqual({ sockets: 3, users: 3, rooms: 2 });

  const pages = [];
  for (let after: string | null = ''; after !== null;) {
    const page = inspection.sockets({ after, limit: 2 });
    pages.push(page.items);
    after = page.next;
  }
  expect(pages.map((page) => page.length)).toEqual([2, 1]);
  expect(pages.flat().map(({ userName }) => userName).toSorted()).toEqual(['Ada', 'Ben', 'Cleo']);
  const [own] = inspection.sockets({ user: ada.session.user.id, limit: 10 }).items;
  expect(own).toMatchObject({ userName: 'Ada', transport: 'websocket', address: expect.stringContaining('127.0.0.1'), rooms: 2, bufferedBytes: expect.any(Number) });
  expect(own!.roomIds.toSorted()).toEqual([lobby.roomId, den.roomId].toSorted());
  expect(Date.now() - own!.since).toBeLessThan(60_000);
  expect(inspection.sockets({ user: 'Cleo', limit: 10 }).items).toMatchObject([{ id: cleo.socket.id, rooms: 0 }]);
  expect(inspection.sockets({ user: 'nobody', limit: 10 })).toEqual({ items: [], next: null });

  const first = inspection.rooms({ limit: 1 });
  expect([first.items.length, first.next]).toEqual([1, first.items[0]!.roomId]);
  const rooms = [...first.items, ...inspection.rooms({ after: first.next!, limit: 5 }).items];
  expect(rooms.find(({ roomId }) => roomId === lobby.roomId)).toMatchObject({ listeners: 2, live: true, epoch: 1, seq: lobby.seq });
  expect(rooms.find(({ roomId }) => roomId === den.roomId)).toMatchObject({ listeners: 1 });
});

test.each([
  [[], expect.stringContaining('127.0.0.1')],
  [['loopback'], '198.51.100.7'],
])('the address of a client is what a trusted proxy says it is, and nobody else: %j', async (trustedProxies, address) => {
  const { gateway, url } = await createRig().node({ settings: { admission: { trustedProxies } } });
  const { token } = await openSession(url, 'Ada');
  const socket = io(url, { auth: { token }, transports: ['websocket'], forceNew: true, reconnection: false, extraHeaders: { 'x-forwarded-for': '203.0.113.9, 198.51.100.7' } });
  onTestFinished(() => void socket.close());
  await waitFor('her to be in', () => gateway.inspection.counts().sockets === 1);
  expect(gateway.inspection.sockets({ limit: 1 }).items).toMatchObject([{ address }]);
});

import { newCmid } from '@parley/domain';
import type { CommandAnswer, RoomId, RoomView } from '@parley/protocol';
import { waitFor } from '@parley/testkit';
import { RawSocket } from '@parley/testkit/raw-socket';
import { connect, openSession, type Client } from '@parley/testkit/wire-client';
import { scenario } from '../scenario.ts';

const BODY = 'x'.repeat(15_000);
/** 3 MB/s: what the kernel buffers on the way is full after a few seconds, and then the gateway's own. */
const PER_SECOND = 200;
const WRITERS = 4;
const PONG_MS = 5_000;
const RESUME_MS = 20_000;

/** Everything after `seq`, as a client that comes back asks for it. */
const syncFrom = async (client: Client, roomId: RoomId, seq: number): Promise<number[]> => {
  const seqs: number[] = [];
  for (;;) {
    const { events, more } = await client.must('room:sync', { roomId, epoch: 1, after: seqs.at(-1) ?? seq });
    seqs.push(...events.map((event) => event.seq));
    if (!more) return seqs;
  }
};

export const slowReader = scenario({
  name: 'slow-reader',
  title: 'a client reads nothing more, but still answers pings',
  bound: { ms: 30_000, of: 'it is cut off before it costs the gateway much, and has everything once it came back; nobody else notices' },
  async run({ fleet, traffic, mark, recovered, note }) {
    const [gateway] = fleet.gateways;
    const url = gateway!.url;
    const users = await Promise.all(Array.from({ length: WRITERS }, async (_, n) => connect(url, await openSession(url, `loud ${n}`))));
    const created = await users[0]!.must('room:create', { kind: 'public', name: 'loud', cmid: newCmid() });
    const roomId = created.room.id;
    for (const each of users.slice(1)) await each.must('room:join', { roomId });

    const session = await openSession(url, 'slow');
    const reader = await RawSocket.open(url, { token: session.token });
    const joined = await reader.call<CommandAnswer<'room:join'> & { room: RoomView; seq: number }>('room:join', { roomId });
    if (!joined.ok) throw new Error('the reader was not let in');
    let heard = joined.seq;
    reader.onEvent = (packet) => {
      const [name, { events }] = JSON.parse(packet.slice(2)) as [string, { events: { seq: number }[] }];
      if (name === 'room:events') heard = events.at(-1)!.seq;
    };
    const before = await gateway!.metric('slow_readers_total');
    reader.pause();
    mark();
    const pongs = setInterval(() => reader.isOpen && reader.pong(), PONG_MS);
    let said = 0;
    let refused = 0;
    const talk = setInterval(() => {
      said += 1;
      const who = users[said % WRITERS]!;
      who.socket.emit('message:send', { roomId, cmid: newCmid(), body: BODY }, ({ ok }: CommandAnswer<'message:send'>) => {
        if (!ok) refused += 1;
      });
    }, 1_000 / PER_SECOND);
    try {
      await recovered('the slow reader is cut off', (deadlineMs) => waitFor('the gateway to cut it off', async () => (await gateway!.metric('slow_readers_total')) > before, { deadlineMs }));
      note(`cut off after ${said} messages of 15 kB, with the last read one at ${heard}`);
    } finally {
      clearInterval(talk);
      clearInterval(pongs);
      reader.close();
    }
    mark();
    await recovered('the others', (deadlineMs) => traffic.untilFlowing(deadlineMs), 2_000);
    mark();
    const again = await connect(url, session);
    await recovered('it has everything, having come back', async (deadlineMs) => {
      await again.must('room:join', { roomIds: [roomId], resume: true });
      await waitFor('everything that was said', async () => {
        const seqs = await syncFrom(again, roomId, heard);
        if (seqs.some((seq, n) => seq !== heard + n + 1)) throw new Error(`not dense: ${seqs.join(' ')}`);
        return heard + seqs.length >= joined.seq + said - refused;
      }, { deadlineMs, intervalMs: 200 });
    }, RESUME_MS);
    for (const each of [...users, again]) each.socket.close();
  },
});

import { JS_API } from '@parley/nats';
import { call, withNats } from '../parts/log.ts';
import { createRoom, inWords, openMember, say } from '../parts/member.ts';
import { SMALL_LOG } from '../plans-of-the-log.ts';
import { scenario } from '../scenario.ts';

const BALLAST = 'ballast';
const PIECE_BYTES = 512 * 1024;
const PIECES_AT_MOST = 1_000;

/** Another stream takes all that there is. */
const fill = (fleet: Parameters<typeof withNats>[0]): Promise<number> =>
  withNats(fleet, async (nats) => {
    await call(nats, JS_API.streamCreate(BALLAST), { name: BALLAST, subjects: [BALLAST], storage: 'file', discard: 'new', num_replicas: 1 });
    for (let pieces = 0; pieces < PIECES_AT_MOST; pieces += 1) {
      const answer = await nats.request(BALLAST, Buffer.alloc(pieces === 0 ? 1 : PIECE_BYTES), { timeoutMs: 10_000 });
      if (answer.json<{ error?: unknown }>().error) {
        // And the rest of it in crumbs.
        for (let bytes = PIECE_BYTES / 2; bytes >= 64; bytes /= 2) {
          while (!(await nats.request(BALLAST, Buffer.alloc(bytes), { timeoutMs: 10_000 })).json<{ error?: unknown }>().error) pieces += 1;
        }
        return pieces;
      }
    }
    throw new Error('the log is larger than it should be');
  });

export const logFull = scenario({
  name: 'log-full',
  title: 'JetStream’s storage is full up to its limit, and freed',
  bound: { ms: 10_000, of: 'messages flow after there is room again' },
  fleet: SMALL_LOG,
  async run({ fleet, traffic, hold, mark, recovered, note }) {
    const member = await openMember(fleet.url, 'somebody');
    const roomId = await createRoom(member, 'full');
    const pieces = await fill(fleet);
    try {
      note(`${pieces} pieces of ballast`);
      const refusal = inWords(await say(member, roomId, 'when it is full'));
      note(`a sender is told: ${refusal}`);
      if (refusal !== 'unavailable, to be retried') throw new Error(`a sender was told: ${refusal}`);
      const before = traffic.acked;
      await hold(10_000);
      note(`${traffic.acked - before} were acked by a full log`);
    } finally {
      member.socket.close();
      await withNats(fleet, (nats) => call(nats, JS_API.streamDelete(BALLAST)));
      mark();
    }
    await recovered('messages flow', (deadlineMs) => traffic.untilFlowing(deadlineMs));
  },
});

import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRoom, inWords, openMember, say } from '../parts/member.ts';
import { SMALL_DISK, whyNoMount } from '../plans-of-the-log.ts';
import { scenario } from '../scenario.ts';

/** Writes until the disk is full. */
const fill = (path: string): void => {
  const fd = openSync(path, 'w');
  try {
    for (let bytes = 1024 * 1024; bytes >= 1;) {
      try {
        writeSync(fd, Buffer.alloc(bytes));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        bytes = Math.floor(bytes / 2);
      }
    }
  } finally {
    closeSync(fd);
  }
};

export const diskFull = scenario({
  name: 'disk-full',
  title: 'the disk of NATS is full to the last byte (a small tmpfs); then there is room again, and NATS is started again',
  bound: { ms: 10_000, of: 'messages flow after NATS is back with room' },
  needs: () => whyNoMount(join(tmpdir(), `parley-faults-mount-${process.pid}`)),
  fleet: SMALL_DISK,
  async run({ fleet, traffic, hold, mark, recovered, note }) {
    const member = await openMember(fleet.url, 'somebody');
    const roomId = await createRoom(member, 'full');
    const ballast = join(fleet.disk, 'ballast');
    fill(ballast);
    try {
      // What fits into the blocks that are open may still be acked; it has to stand.
      await hold(5_000);
      const refusal = inWords(await say(member, roomId, 'when the disk is full'));
      note(`a sender is told: ${refusal}`);
      if (refusal !== 'sent' && !refusal.endsWith('to be retried')) throw new Error(`a sender was told: ${refusal}`);
      const before = traffic.acked;
      await hold(10_000);
      note(`${traffic.acked - before} were acked on a full disk`);
    } finally {
      member.socket.close();
      rmSync(ballast, { force: true });
      // JetStream turns itself off where a disk is full, until it is started again.
      await fleet.nats[0]!.restart();
      mark();
    }
    await recovered('messages flow', (deadlineMs) => traffic.untilFlowing(deadlineMs));
  },
});

import type { Worker } from 'node:cluster';
import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '@parley/runtime';
import { waitFor } from '@parley/testkit';
import { keepWorker, type KeepWorkerOptions, type WorkerExit } from './keep-worker.ts';

/** Stands in for a process: what it is sent is written down, and it ends when told to here. */
class FakeWorker extends EventEmitter {
  readonly told: string[] = [];
  readonly process: { pid: number | undefined; kill: (signal: string) => void };

  constructor(pid: number | undefined) {
    super();
    this.process = { pid, kill: (signal) => void this.told.push(signal) };
  }

  send(message: string): void {
    this.told.push(message);
  }

  end(code: number | null, signal: string | null = null): void {
    this.emit('exit', code, signal);
  }
}

/** `pidOf`: `undefined` for a process that does not begin. */
const rig = (options: Partial<KeepWorkerOptions> = {}, pidOf: (start: number) => number | undefined = (start) => start) => {
  const forked: FakeWorker[] = [];
  const failings: [number, WorkerExit][] = [];
  const kept = keepWorker({
    number: 2, logger: silentLogger(), stopMs: 60_000, delayMs: { first: 1, most: 4 },
    fork: (start) => {
      forked.push(new FakeWorker(pidOf(start)));
      return forked.at(-1) as unknown as Worker;
    },
    onFailing: (failures, exit) => void failings.push([failures, exit]),
    ...options,
  });
  const untilForked = (count: number): Promise<void> => waitFor(`process ${count}`, () => forked.length === count, { intervalMs: 1 });
  return { kept, forked, failings, untilForked };
};

describe('a kept worker', () => {
  it('is started again when it ends, and is listening only while it is', async () => {
    const { kept, forked, failings, untilForked } = rig();
    expect(kept.listening).toBe(false);
    forked[0]!.emit('listening');
    expect(kept.listening).toBe(true);
    forked[0]!.end(null, 'SIGKILL');
    await untilForked(2);
    expect(kept).toMatchObject({ listening: false, pid: 2 });
    expect(failings).toEqual([]);
  });

  it('is told of by how often in a row it ended before it listened', async () => {
    const { forked, failings, untilForked } = rig();
    forked[0]!.end(1);
    await untilForked(2);
    forked[1]!.end(78);
    await untilForked(3);
    forked[2]!.emit('listening');
    forked[2]!.end(1);
    await untilForked(4);
    forked[3]!.end(1);
    await untilForked(5);
    expect(failings).toEqual([[1, { code: 1, signal: null }], [2, { code: 78, signal: null }], [1, { code: 1, signal: null }]]);
  });

  it('counts one that could not even begin, and survives trouble with one that runs', async () => {
    const { forked, failings, untilForked } = rig({}, (start) => (start === 1 ? undefined : start));
    forked[0]!.emit('error', new Error('EAGAIN'));
    await untilForked(2);
    expect(failings).toEqual([[1, { code: 1, signal: null }]]);
    forked[1]!.emit('error', new Error('a message could not be sent'));
    forked[1]!.end(0);
    await untilForked(3);
  });

  it('leaves on the signal it is sent, and stays away', async () => {
    const { kept, forked } = rig();
    const stopped = kept.stop('SIGINT');
    expect(forked[0]!.told).toEqual(['SIGINT']);
    forked[0]!.end(0);
    expect(await stopped).toEqual({ code: 0, signal: null });
    expect(forked).toHaveLength(1);
  });

  it('is made to leave when it does not', async () => {
    const { kept, forked } = rig({ stopMs: 1 });
    const stopped = kept.stop('SIGTERM');
    await waitFor('SIGKILL', () => forked[0]!.told.join() === 'SIGTERM,SIGKILL');
    forked[0]!.end(null, 'SIGKILL');
    expect(await stopped).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('is not waited for while it waits to be started again', async () => {
    const { kept, forked } = rig({ delayMs: { first: 60_000, most: 60_000 } });
    forked[0]!.end(1);
    await waitFor('its end to be noticed', () => kept.pid === undefined);
    expect(await kept.stop('SIGTERM')).toEqual({ code: 1, signal: null });
  });

  it('is replaced once the one after it listens', async () => {
    const { kept, forked, untilForked } = rig();
    forked[0]!.emit('listening');
    let replaced = false;
    const replacing = kept.replace().then(() => (replaced = true));
    expect(forked[0]!.told).toEqual(['retire']);
    forked[0]!.end(0);
    await untilForked(2);
    expect(replaced).toBe(false);
    forked[1]!.emit('listening');
    await replacing;
  });

  it('that is only just starting is new enough: it is not asked to leave, which it would not hear', async () => {
    const { kept, forked } = rig();
    const replacing = kept.replace();
    expect(forked[0]!.told).toEqual([]);
    forked[0]!.emit('listening');
    await replacing;
    expect(forked).toHaveLength(1);
  });
});

import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { silentLogger } from './logger.ts';
import { createShutdown, isNetworkError, type ShutdownOptions } from './shutdown.ts';

const fake = () => {
  const emitter = new EventEmitter();
  const { promise: left, resolve } = Promise.withResolvers<number>();
  const proc = { on: emitter.on.bind(emitter), exit: (code: number) => { resolve(code); } } as unknown as NonNullable<ShutdownOptions['process']>;
  return { emitter, left, proc };
};

describe('shutdown', () => {
  it('closes what started last first, once, and leaves with 0', async () => {
    const { emitter, left, proc } = fake();
    const closed: string[] = [];
    const shutdown = createShutdown({ logger: silentLogger(), process: proc });
    shutdown.add('log', () => void closed.push('log'));
    shutdown.add('gateway', async () => void closed.push('gateway'));
    emitter.emit('SIGTERM', 'SIGTERM');
    expect(shutdown.underWay).toBe(true);
    expect(await left).toBe(0);
    expect(closed).toEqual(['gateway', 'log']);
  });

  it('goes on past a part that fails to close, and leaves with 1', async () => {
    const { emitter, left, proc } = fake();
    const closed: string[] = [];
    const shutdown = createShutdown({ logger: silentLogger(), process: proc });
    shutdown.add('log', () => void closed.push('log'));
    shutdown.add('gateway', () => Promise.reject(new Error('stuck')));
    emitter.emit('SIGTERM', 'SIGTERM');
    expect(await left).toBe(1);
    expect(closed).toEqual(['log']);
  });

  it('leaves at the deadline', async () => {
    const { emitter, left, proc } = fake();
    const shutdown = createShutdown({ logger: silentLogger(), deadlineMs: 5, process: proc });
    shutdown.add('stuck', () => new Promise(() => undefined));
    emitter.emit('SIGINT', 'SIGINT');
    expect(await left).toBe(1);
  });

  it('leaves at once on a second signal', async () => {
    const { emitter, left, proc } = fake();
    const shutdown = createShutdown({ logger: silentLogger(), process: proc, sameSignalMs: 0 });
    shutdown.add('stuck', () => new Promise(() => undefined));
    emitter.emit('SIGTERM', 'SIGTERM');
    emitter.emit('SIGINT', 'SIGINT');
    expect(await left).toBe(130);
  });

  it('takes the copies of one Ctrl-C, from the terminal, npm and a launcher, for one', async () => {
    const { emitter, left, proc } = fake();
    const { promise: closing, resolve: close } = Promise.withResolvers<void>();
    const shutdown = createShutdown({ logger: silentLogger(), process: proc });
    shutdown.add('slow', () => closing);
    for (const signal of ['SIGINT', 'SIGINT', 'SIGTERM']) emitter.emit(signal, signal);
    close();
    expect(await left).toBe(0);
  });

  it('lives with an uncaught error of the network and leaves on any other', async () => {
    const { emitter, left, proc } = fake();
    const shutdown = createShutdown({ logger: silentLogger(), process: proc, isExpected: (error) => error instanceof RangeError });
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    emitter.emit('unhandledRejection', new Error('publish failed', { cause: refused }));
    emitter.emit('uncaughtException', new RangeError('expected'));
    expect(shutdown.underWay).toBe(false);
    emitter.emit('unhandledRejection', new TypeError('x is not a function'));
    expect(await left).toBe(1);
  });

  it('knows an error of the network behind others', () => {
    const reset = Object.assign(new Error('x'), { code: 'ECONNRESET' });
    expect(isNetworkError(new AggregateError([reset, reset]))).toBe(true);
    expect(isNetworkError(new AggregateError([reset, new Error('y')]))).toBe(false);
    expect(isNetworkError(new Error('z', { cause: 'ECONNRESET' }))).toBe(false);
  });
});

import type { Position, RoomLog } from '@parley/domain';

/** A log whose appends go through `wrap`. */
export const withAppend = (log: RoomLog, wrap: (append: () => Promise<Position>) => Promise<Position>): RoomLog => {
  const bound = (name: 'read' | 'purge' | 'watchHeads' | 'onHeadsLive' | 'consumer' | 'close') => ({ value: (log[name] as () => unknown).bind(log) });
  return Object.create(null, {
    append: { value: (...args: Parameters<RoomLog['append']>) => wrap(() => log.append(...args)) },
    read: bound('read'), purge: bound('purge'), watchHeads: bound('watchHeads'), onHeadsLive: bound('onHeadsLive'), consumer: bound('consumer'), close: bound('close'),
    id: { get: () => log.id }, headsLive: { get: () => log.headsLive },
  }) as RoomLog;
};

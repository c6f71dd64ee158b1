import { newCmid, newUserId, realChance, roomIdOf, type Actor, type Chance, type CommandBody, type RoomCommand, type RoomLog, type RoomRef } from '@parley/domain';
import type { RoomId } from '@parley/protocol';
import { MemoryLogStore, type MemoryLogOptions } from '@parley/testkit/memory-room-log';
import { MemoryStore } from '@parley/testkit/memory-store';
import type { AppenderLimits, CommandResult, Incident } from '../index.ts';
import { RoomAppenders, type RoomAppendersOptions } from '../room-appenders.ts';

export const ada: Actor = { id: newUserId(), name: 'Ada' };
export const eve: Actor = { id: newUserId(), name: 'Eve' };

/** Time that passes only when something sleeps. */
export const fakeChance = (): Chance => {
  let now = 0;
  return { ...realChance, random: () => 1, now: () => now, sleep: async (ms) => { now += ms; } };
};

type Setup = Partial<RoomAppendersOptions> & { limits?: Partial<AppenderLimits>; memory?: MemoryLogOptions };

export const setUp = ({ memory, ...options }: Setup = {}) => {
  const server = new MemoryLogStore(memory);
  const store = new MemoryStore();
  const incidents: Incident[] = [];
  const appends: { ref: RoomRef; bytes: number; events: number }[] = [];
  const reads: RoomRef[] = [];
  const gate = { shut: null as Promise<void> | null, /** The log is read as if the entry read from were gone. */ overlooked: false };
  const inner = server.open();
  const log: RoomLog = Object.assign(Object.create(inner) as RoomLog, {
    append: async (...[ref, entry, expected]: Parameters<RoomLog['append']>) => {
      appends.push({ ref, bytes: Buffer.byteLength(JSON.stringify(entry)), events: entry.events.length });
      await gate.shut;
      return inner.append(ref, entry, expected);
    },
    read: async (...[ref, from, limit]: Parameters<RoomLog['read']>) => {
      reads.push(ref);
      const page = await inner.read(ref, from, limit);
      return gate.overlooked ? { ...page, entries: page.entries.slice(1) } : page;
    },
  } satisfies Partial<RoomLog>);
  Object.defineProperty(log, 'id', { get: () => inner.id });
  const appenders = new RoomAppenders({ log, store, metrics: { appended: () => undefined, incident: (incident) => incidents.push(incident) }, ...options });
  const send = (command: RoomCommand) => new Promise<CommandResult>((resolve) => appenders.submit(command, resolve));
  const createRoom = async (): Promise<RoomId> => {
    const cmid = newCmid();
    const roomId = roomIdOf(ada.id, cmid);
    await send({ name: 'room:create', kind: 'public', title: 'test', roomId, by: ada, cmid });
    return roomId;
  };
  const shut = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    gate.shut = promise;
    return () => {
      gate.shut = null;
      resolve();
    };
  };
  return { server, store, log: inner, appenders, send, createRoom, incidents, appends, reads, gate, shut };
};

const command = (roomId: RoomId, body: CommandBody, by: Actor = ada): RoomCommand => ({ ...body, roomId, by, cmid: newCmid(), after: 'fresh' });
export const say = (roomId: RoomId, body = 'hi', by: Actor = ada) => command(roomId, { name: 'message:send', body }, by);
export const code = (result: CommandResult) => (result.ok ? 'ok' : result.error.code);
/** Until nothing moves any more but what is held. */
export const rest = () => new Promise((resolve) => { setImmediate(resolve); });

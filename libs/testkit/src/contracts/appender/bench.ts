import { expect } from 'vitest';
import { RoomAppenders, type CommandResult } from '@parley/appender';
import { newCmid, newUserId, roomIdOf, type Actor, type CommandBody, type RoomCommand, type RoomLog } from '@parley/domain';
import type { After, Cmid, RoomEvent, RoomId } from '@parley/protocol';
import { MemoryStore } from '../../memory-store.ts';
import type { CaseBench } from '../room-log/rig.ts';
import { FaultyLog } from './faulty-log.ts';

export type Accepted = Extract<CommandResult, { ok: true }>;

/** One process that writes: its connection to the log, which can be made to fail, and what stands on it. */
export type Writer = { log: FaultyLog; appenders: RoomAppenders; send: (command: RoomCommand) => Promise<CommandResult> };

/** A public room on the log under test with a store beside it, its owner Ada and its member Ben. */
export class AppenderBench {
  readonly store = new MemoryStore();
  readonly ada: Actor = { id: newUserId(), name: 'Ada' };
  readonly ben: Actor = { id: newUserId(), name: 'Ben' };
  readonly roomId: RoomId;
  readonly #creation: Cmid = newCmid();
  readonly #bench: CaseBench;
  #own: RoomLog | null = null;

  constructor(bench: CaseBench) {
    this.#bench = bench;
    this.roomId = roomIdOf(this.ada.id, this.#creation);
  }

  async writer(): Promise<Writer> {
    const log = new FaultyLog(await this.#bench.open());
    const appenders = new RoomAppenders({ log, store: this.store, limits: { settleWithinMs: 20_000 } });
    return { log, appenders, send: (command) => new Promise((resolve) => appenders.submit(command, resolve)) };
  }

  command(by: Actor | null, body: CommandBody, after?: After | 'fresh'): RoomCommand {
    return { ...body, roomId: this.roomId, by, cmid: newCmid(), after };
  }

  say(body: string, after?: After | 'fresh'): RoomCommand {
    return this.command(this.ben, { name: 'message:send', body }, after);
  }

  async create({ send }: Writer): Promise<void> {
    accepted(await send({ ...this.command(this.ada, { name: 'room:create', kind: 'public', title: 'bench' }), cmid: this.#creation }));
    accepted(await send(this.command(this.ben, { name: 'room:join' })));
  }

  async ingest(): Promise<void> {
    await this.store.ingest(await this.#log(), this.roomId);
  }

  async ingestAndPurge(): Promise<void> {
    await this.store.ingestAndPurge(await this.#log(), this.roomId);
  }

  /** The whole of the room, from the store and the log beyond it. Says so if it is not dense. */
  async events(): Promise<RoomEvent[]> {
    await this.ingest();
    const { events } = await this.store.archive(this.roomId, 0, Infinity);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, n) => n + 1));
    return events;
  }

  /** The events that a command led to. */
  async eventsOf({ cmid }: RoomCommand): Promise<RoomEvent[]> {
    return (await this.events()).filter((event) => event.cmid === cmid);
  }

  /** That it stands in the log once, where each of its answers says. */
  async expectOnce(command: RoomCommand, ...answers: CommandResult[]): Promise<void> {
    const [event, ...more] = await this.eventsOf(command);
    expect(more).toEqual([]);
    for (const answer of answers) {
      const { epoch, seq, id } = accepted(answer);
      expect({ epoch, seq, id }).toEqual({ epoch: event?.epoch, seq: event?.seq, id: event?.id });
    }
  }

  async #log(): Promise<RoomLog> {
    return (this.#own ??= await this.#bench.open());
  }
}

export const accepted = (result: CommandResult): Accepted => {
  if (!result.ok) throw new Error(`answered ${result.error.code}: ${result.error.message}`);
  return result;
};

export const codeOf = (result: CommandResult): string => (result.ok ? 'ok' : result.error.code);

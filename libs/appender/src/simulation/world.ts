import type { Chance, CommandBody } from '@parley/domain';
import { cmidKey } from '@parley/domain';
import type { EventId, Role, RoomEvent, UserId } from '@parley/protocol';
import { DEFAULT_APPENDER_LIMITS, type AppenderLimits } from '../limits.ts';
import type { CommandResult } from '../waiting.ts';
import { ModelLog } from './model-log.ts';
import { ModelStore } from './model-store.ts';
import { randomFrom, Schedule, type Owner } from './schedule.ts';
import { ACTORS, commandOf, ROOM, Script, type Intent } from './script.ts';
import type { System } from './system.ts';

/** Small, so that every bound is met in a short history. */
const LIMITS: AppenderLimits = {
  ...DEFAULT_APPENDER_LIMITS,
  batchCommands: 4, batchBytes: 700, roomQueue: 8, settleWithinMs: 150, passes: 8, backoffMs: 2, backoffCapMs: 20,
  tailEvents: 5, windowSoft: 5, windowHard: 40, rows: 2, readEntries: 3,
};

/** One sending of a command, and what came of it. `from` and `to` count events in the log then. */
export type Try = { intent: Intent; body: CommandBody; from: number; result: CommandResult | null; to: number; settled: number; gateway: Gateway; /** By the clock. */ begunAt: number; endedAt: number; /** Of before a loss: it may have been answered by what is gone. */ excused: boolean };
export type Reading = { from: number; to: number; seq: number; member: { userId: UserId; role: Role | null } | null };
export type Beyond = { after: number; from: number; to: number; events: RoomEvent[] };

export type Gateway = Owner & { appenders: InstanceType<System['RoomAppenders']>; n: number };

/** How often things happen: a chance per step, where it is not a count. */
export type Profile = {
  gateways: number; commands: number; crash: number; pause: number; ingest: number; purge: number; away: number; seal: number; move: number; retry: number; read: number;
  /** Commands left when the log is lost, with much that the store had not taken in. */
  disasterAt: number;
};

/** Histories that dwell on what is rare in the others. */
const FOCI = {
  any: {},
  /** A room begins while logs come and go. */
  birth: { gateways: 3, commands: 8, move: 0.15, ingest: 0, purge: 0, seal: 0, away: 0 },
  /** The window moves all the time, while the store is asked. */
  lookups: { gateways: 2, ingest: 0.4, purge: 0.1, read: 0.5, retry: 0.3, seal: 0, move: 0, away: 0 },
  disaster: { commands: 36, disasterAt: 20, ingest: 0, move: 0 },
} satisfies Record<string, Partial<Profile>>;
export type Focus = keyof typeof FOCI;
const SOME: readonly Focus[] = ['any', 'any', 'any', 'any', 'any', 'any', 'birth', 'birth', 'lookups', 'disaster'];

export type Sabotage = { purgeInclusive?: boolean };

/** Several gateways on one room's log and store, clients that send and send again, and everything that goes wrong meanwhile. */
export class World {
  readonly schedule: Schedule;
  readonly log: ModelLog;
  readonly store: ModelStore;
  readonly script: Script;
  readonly tries: Try[] = [];
  readonly readings: Reading[] = [];
  readonly beyonds: Beyond[] = [];
  readonly told: RoomEvent[] = [];
  readonly defects: unknown[] = [];
  /** Gateways that were refused with nothing in the way. */
  readonly stuck: number[] = [];
  readonly #system: System;
  readonly #intents: Intent[] = [];
  readonly #gateways: Gateway[] = [];
  readonly #profile: Profile;
  readonly #sabotage: Sabotage;
  #ids = 0;
  #moves = 0;

  constructor(seed: number, system: System, sabotage: Sabotage = {}, focus: Focus | null = null) {
    const random = randomFrom(seed);
    this.#system = system;
    this.#sabotage = sabotage;
    this.schedule = new Schedule(random);
    const some = (most: number) => (random() < 0.5 ? 0 : random() * most);
    this.log = new ModelLog(this.schedule, system, { refused: some(0.1), answerLost: some(0.25), asleep: some(0.25) });
    this.store = new ModelStore(this.schedule, this.log, system);
    this.script = new Script(this.schedule);
    this.#profile = {
      gateways: 1 + this.schedule.below(3), commands: 8 + this.schedule.below(28),
      crash: some(0.01), pause: some(0.06), ingest: some(0.2), purge: some(0.15), away: some(0.02), seal: some(0.03), move: some(0.02), retry: some(0.5), read: some(0.1), disasterAt: 0,
      ...FOCI[focus ?? this.schedule.pick(SOME)],
    };
    for (let n = 0; n < this.#profile.gateways; n += 1) this.#gateways.push(this.#start(n));
    this.#intents.push(this.script.creation());
  }

  /** Lets the history happen. */
  async run(): Promise<void> {
    const profile = this.#profile;
    this.#send(this.#intents[0]!);
    let commands = profile.commands;
    while (commands > 0) {
      if (this.schedule.chance(0.25)) {
        this.#send(this.#choose());
        commands -= 1;
        if (profile.disasterAt > 0) this.#disaster(commands);
      }
      this.#interfere();
      await this.schedule.step();
      this.schedule.now += this.schedule.below(3);
    }
    await this.#quiet();
  }

  /** With nothing in the way any more, every gateway has to get through. */
  async #quiet(): Promise<void> {
    Object.assign(this.log.fates, { refused: 0, answerLost: 0, asleep: 0 });
    this.store.away = false;
    for (const gateway of this.#gateways) gateway.pausedUntil = 0;
    await this.schedule.drain();
    this.#open();
    for (const gateway of this.#gateways) {
      this.#submit(this.#intents[0]!, gateway);
      await this.schedule.drain();
      const probe = this.#submit(this.script.probe(), gateway);
      await this.schedule.drain();
      if (!probe.result?.ok) this.stuck.push(gateway.n);
    }
  }

  #start(n: number): Gateway {
    const owner: Owner = { pausedUntil: 0, dead: false };
    const { schedule } = this;
    const chance: Chance = {
      now: () => schedule.now,
      random: schedule.random,
      eventId: () => `E${(this.#ids += 1)}` as EventId,
      sleep: (ms) => new Promise((resolve) => { schedule.later(owner, Math.ceil(ms), resolve); }),
    };
    const appenders = new this.#system.RoomAppenders({
      log: this.log.connect(owner), store: this.store.connect(owner), chance, limits: LIMITS,
      onAppended: ({ events }) => { if (!owner.dead) this.told.push(...events); },
      onMoved: (events) => { if (!owner.dead) this.told.push(...events); },
      onDefect: (error) => { this.defects.push(error); },
    });
    return Object.assign(owner, { appenders, n });
  }

  #crash(gateway: Gateway): void {
    gateway.dead = true;
    this.#gateways[this.#gateways.indexOf(gateway)] = this.#start(gateway.n);
  }

  #choose(): Intent {
    if (this.schedule.chance(this.#profile.retry)) {
      const again = this.schedule.pick(this.#intents);
      if (!again.once) return again;
    }
    const intent = this.script.next(this.log.truth, this.log.ends);
    this.#intents.push(intent);
    return intent;
  }

  #send(intent: Intent): void {
    this.#submit(intent, this.schedule.pick(this.#gateways));
  }

  #submit(intent: Intent, gateway: Gateway): Try {
    const body = this.schedule.chance(0.8) ? intent.bodies[0]! : this.schedule.pick(intent.bodies);
    const sent: Try = { intent, body, from: this.log.truth.length, result: null, to: -1, settled: 0, gateway, begunAt: this.schedule.now, endedAt: Infinity, excused: false };
    this.tries.push(sent);
    gateway.appenders.submit(commandOf(intent, body), (result) => {
      if (gateway.dead) return;
      sent.result = result;
      sent.settled += 1;
      sent.to = this.log.truth.length;
      sent.endedAt = this.schedule.now;
    });
    return sent;
  }

  #interfere(): void {
    const { schedule, log, store } = this;
    const profile = this.#profile;
    const gateway = schedule.pick(this.#gateways);
    if (schedule.chance(profile.pause)) gateway.pausedUntil = schedule.now + schedule.below(60);
    if (schedule.chance(profile.crash)) this.#crash(gateway);
    if (schedule.chance(profile.ingest)) store.ingest(1 + schedule.below(4));
    if (schedule.chance(profile.purge)) this.#purge();
    if (store.away ? schedule.chance(0.1) : schedule.chance(profile.away)) store.away = !store.away;
    if (schedule.chance(profile.seal)) this.#send(this.script.seal());
    if (schedule.chance(0.03)) this.#open();
    if (this.#moves < 2 && schedule.chance(profile.move)) {
      if (this.#mayLose() && schedule.chance(0.5)) this.#lose();
      else store.ingest(Infinity);
      this.#move();
    }
    if (schedule.chance(profile.read)) void this.#read(gateway);
    if (schedule.chance(0.02)) gateway.appenders.noteHead({ roomId: ROOM, seq: log.truth.length });
  }

  #disaster(commandsLeft: number): void {
    const profile = this.#profile;
    if (!this.store.watermark) this.store.ingest(1);
    if (commandsLeft !== profile.disasterAt || !this.#mayLose()) return;
    this.#lose();
    this.#move();
    Object.assign(profile, { ingest: 0.3, retry: 0.6 });
  }

  #move(): void {
    this.#moves += 1;
    this.log.become(`log-${this.#moves}`);
  }

  /** A whole epoch lost unseen would have its number used again: nobody who comes back could tell the two apart. */
  #mayLose(): boolean {
    return this.store.watermark !== null && this.store.watermark.epoch === this.log.ends.at(-1)?.epoch;
  }

  /** The log is gone with what the store had not taken in: a lost home, which is given up on purpose. */
  #lose(): void {
    this.log.truth.splice(this.store.watermark!.seq);
    for (const sent of this.tries) sent.excused = true;
    this.readings.length = 0;
    this.beyonds.length = 0;
    this.told.length = 0;
    // The old home is proven to have stopped before the new one begins.
    for (const gateway of this.#gateways.slice()) this.#crash(gateway);
  }

  #purge(): void {
    const { watermark } = this.store;
    if (watermark?.logId === this.log.id) this.log.purge(watermark.epoch, watermark.position, this.#sabotage.purgeInclusive ?? false);
  }

  /** Whoever sealed the room opens its next epoch, sooner or later. */
  #open(): void {
    const last = this.log.truth.at(-1);
    if (last?.type !== 'epoch.sealed' || this.log.entries(last.epoch).length === 0) return;
    const opened: RoomEvent = {
      roomId: ROOM, epoch: last.epoch + 1, seq: last.seq + 1, id: `E${(this.#ids += 1)}` as EventId, type: 'epoch.opened', by: null, at: 0, cmid: null,
      data: { prevEpoch: last.epoch, prevSeq: last.seq, prevId: last.id, reason: 'sim' },
    };
    this.log.store(this.log.id, { roomId: ROOM, epoch: opened.epoch }, { events: [opened], prevId: last.id }, 0);
  }

  async #read(gateway: Gateway): Promise<void> {
    const from = this.log.truth.length;
    const { watermark } = this.store;
    const dice = this.schedule.random();
    try {
      if (dice < 0.3) {
        const events = await gateway.appenders.beyond(ROOM, watermark);
        if (events && !gateway.dead) this.beyonds.push({ after: watermark?.seq ?? 0, from, to: this.log.truth.length, events });
      } else if (dice < 0.6) {
        const now = await gateway.appenders.read(ROOM);
        if (!gateway.dead) this.readings.push({ from, to: this.log.truth.length, seq: now?.state.seq ?? 0, member: null });
      } else {
        const { id: userId } = this.schedule.pick(ACTORS);
        const now = await gateway.appenders.membership(ROOM, userId);
        if (!gateway.dead) this.readings.push({ from, to: this.log.truth.length, seq: now?.state.seq ?? 0, member: { userId, role: now?.role ?? null } });
      }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'unavailable')) this.defects.push(error);
    }
  }
}

export const intentKey = ({ by, cmid }: Intent): string => cmidKey(by?.id ?? null, cmid);

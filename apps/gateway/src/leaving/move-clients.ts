import { setTimeout as sleep } from 'node:timers/promises';

export type Clock = { now(): number; sleep(ms: number, signal: AbortSignal): Promise<void> };
const realClock: Clock = { now: () => performance.now(), sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined) };

export type MovingSettings = {
  /** From unready to the first client told, milliseconds: the proxy notices, and sends newcomers elsewhere. */
  noticeMs: number;
  /** Clients that are told to move in one second: what the other gateways get in addition. More only if time is short. */
  perSecond: number;
  /** All of it, milliseconds, whoever is still here. */
  deadlineMs: number;
};

export type Guest = { emit(name: 'session:reconnect', payload: { afterMs: number }): unknown };

type Moving = {
  guests: ReadonlyMap<string, Guest>;
  settings: MovingSettings;
  /** The proxy has had its time, before the first client is told: until then who comes nevertheless is let in, and asked to move like all others. */
  onNoticed: () => void;
  /** Ends it at once. */
  signal: AbortSignal;
  random?: () => number;
  clock?: Clock;
};

/** The clients told at a time move within as long, each at a moment of its own. */
const BATCH_MS = 1_000;
/** From the last one told, who is not gone yet does not want to, or does not listen. */
const STRAGGLERS_MS = 5_000;
const LOOK_EVERY_MS = 50;

/**
 * Asks every client to move to another gateway, batch after batch, so that the others get at most `perSecond`, and resolves
 * once all are gone or the time is over. Who is only just coming in is asked too. All are to be served as ever meanwhile.
 */
export const moveClients = async ({ guests, settings: { noticeMs, perSecond, deadlineMs }, onNoticed, signal, random = Math.random, clock = realClock }: Moving): Promise<void> => {
  const deadline = clock.now() + deadlineMs;
  const left = (): number => Math.max(0, deadline - clock.now());
  const untilGone = async (ms: number): Promise<void> => {
    for (const end = clock.now() + ms; guests.size > 0 && clock.now() < end && left() > 0 && !signal.aborted;) await clock.sleep(Math.min(LOOK_EVERY_MS, left()), signal);
  };
  const told = new Set<string>();
  const tell = (most: number): void => {
    const batch = [...guests].filter(([id]) => !told.has(id)).slice(0, most);
    for (const [id, guest] of batch) {
      told.add(id);
      guest.emit('session:reconnect', { afterMs: Math.floor(random() * BATCH_MS) });
    }
    if (batch.length > 0) lastToldAt = clock.now();
  };

  // Nobody waits for an empty one: the proxy tries another if it is refused.
  await untilGone(noticeMs);
  onNoticed();
  const batchesInTime = Math.max(1, Math.floor((left() - STRAGGLERS_MS) / BATCH_MS));
  const batchSize = Math.ceil(Math.max(perSecond * (BATCH_MS / 1_000), guests.size / batchesInTime));
  let lastToldAt = clock.now();
  while (guests.size > 0 && !signal.aborted && clock.now() - lastToldAt < BATCH_MS + STRAGGLERS_MS) {
    tell(batchSize);
    if (left() === 0) return;
    await untilGone(BATCH_MS);
  }
};

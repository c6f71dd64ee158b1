import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventId, RoomEvent, RoomId } from '@parley/protocol';
import { io, type Socket } from 'socket.io-client';
import { waitFor } from './wait-for.ts';
import { connect, openSession } from './wire-client.ts';

export type HidingOptions = {
  /** Of gateways: senders and listeners are spread over them. */
  urls: readonly string[];
  /** Where sessions are opened. */
  signInUrl: string;
  rooms: number;
  senders: number;
  /** Messages of all senders together. */
  perSecond: number;
  seconds: number;
  /** Every so-manieth message is a bad one. */
  badEvery: number;
  goodBody(n: number): string;
  badBody(n: number): string;
  /** Until all bad ones are hidden everywhere, once the last was sent. */
  deadlineMs: number;
  /** Called while messages are sent. */
  meanwhile?(): Promise<void>;
};

export type Hiding = {
  sent: number;
  bad: number;
  /** From the send of a bad message to its being hidden at a listener, milliseconds, ascending: one for each and each listener. */
  latenciesMs: number[];
  /** Hides of one message heard more than once, or of a good one. */
  wrong: number;
  percentile(p: number): number;
};

const CONNECT = { transports: ['websocket'], forceNew: true, reconnection: true };

/** Talks in several rooms at a steady rate, and measures how soon bad messages are hidden at listeners on every gateway. */
export const measureHiding = async (options: HidingOptions): Promise<Hiding> => {
  const { urls, signInUrl, rooms, senders, perSecond, seconds, badEvery, deadlineMs } = options;
  const host = await connect(urls[0]!, await openSession(signInUrl, 'Host'));
  const roomIds: RoomId[] = [];
  for (let n = 0; n < rooms; n += 1) roomIds.push((await host.must('room:create', { kind: 'public', name: `room ${n}`, cmid: randomUUID() })).room.id);
  const sockets: Socket[] = [];
  const open = async (name: string, url: string): Promise<Socket> => {
    const { token } = await openSession(signInUrl, name);
    const socket = io(url, { ...CONNECT, auth: { token } });
    sockets.push(socket);
    await new Promise<void>((resolve, reject) => { socket.once('connect', () => resolve()).once('connect_error', reject); });
    for (const roomId of roomIds) await socket.timeout(30_000).emitWithAck('room:join', { roomId });
    return socket;
  };
  try {
    const sentAt = new Map<EventId, number>();
    const hiddenAt = await Promise.all(urls.map(async (url, n) => {
      const hidden = new Map<EventId, number[]>();
      const listener = await open(`Listener ${n}`, url);
      listener.on('room:events', ({ events }: { events: RoomEvent[] }) => {
        const now = performance.now();
        for (const event of events) if (event.type === 'message.hidden') hidden.set(event.data.messageId, [...(hidden.get(event.data.messageId) ?? []), now]);
      });
      return hidden;
    }));
    const speakers = await Promise.all(Array.from({ length: senders }, (_, n) => open(`Sender ${n}`, urls[n % urls.length]!)));
    const acks: Promise<void>[] = [];
    let sent = 0;
    const say = async (n: number): Promise<void> => {
      const isBad = n % badEvery === 0;
      const at = performance.now();
      const request = { roomId: roomIds[n % rooms]!, cmid: randomUUID(), body: isBad ? options.badBody(n) : options.goodBody(n) };
      for (;;) {
        const answer = (await speakers[n % senders]!.timeout(10_000).emitWithAck('message:send', request).catch(() => null)) as { ok: boolean; id?: EventId; error?: { retryable: boolean; message: string } } | null;
        if (answer?.ok && answer.id) {
          sent += 1;
          if (isBad) sentAt.set(answer.id, at);
          return;
        }
        if (answer?.error && !answer.error.retryable) throw new Error(answer.error.message);
        await sleep(100);
      }
    };
    const began = performance.now();
    const meanwhile = options.meanwhile?.();
    for (let n = 0; n < perSecond * seconds; n += 1) {
      const due = began + (n * 1_000) / perSecond - performance.now();
      if (due > 1) await sleep(due);
      acks.push(say(n));
    }
    await Promise.all(acks);
    await meanwhile;
    await waitFor('every bad message to be hidden at every listener', () => hiddenAt.every((hidden) => [...sentAt.keys()].every((id) => hidden.has(id))), { deadlineMs, intervalMs: 20 });
    const latenciesMs = hiddenAt.flatMap((hidden) => [...sentAt].map(([id, at]) => hidden.get(id)![0]! - at)).toSorted((a, b) => a - b);
    const wrong = hiddenAt.reduce((sum, hidden) => sum + [...hidden].filter(([id, times]) => times.length > 1 || !sentAt.has(id)).length, 0);
    return { sent, bad: sentAt.size, latenciesMs, wrong, percentile: (p) => latenciesMs[Math.min(latenciesMs.length - 1, Math.floor((latenciesMs.length * p) / 100))] ?? Number.NaN };
  } finally {
    for (const socket of [host.socket, ...sockets]) socket.close();
  }
};

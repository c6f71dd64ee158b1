import { newCmid } from '@parley/domain';
import type { RoomId } from '@parley/protocol';
import { connect, openSession, type Client } from '@parley/testkit/wire-client';
import { waitFor } from '@parley/testkit';
import type { Fleet } from '@parley/testkit/fleet';
import { withDatabase } from './database.ts';

const SIGN_IN_MS = 30_000;
const RETRY_MS = 300;
const TAKEN_IN_MS = 20_000;

/** Somebody with a bare connection, who is told everything as it is. */
export const openMember = async (url: string, name: string): Promise<Client> => {
  let member: Client | undefined;
  await waitFor(`${name} to be let in`, async () => {
    member = await connect(url, await openSession(url, name));
    return true;
  }, { deadlineMs: SIGN_IN_MS, intervalMs: 200 });
  return member!;
};

export const withMember = async <T>(url: string, name: string, use: (member: Client) => Promise<T>): Promise<T> => {
  const member = await openMember(url, name);
  try {
    return await use(member);
  } finally {
    member.socket.close();
  }
};

export const createRoom = async (member: Client, name: string): Promise<RoomId> =>
  (await member.must('room:create', { kind: 'public', name, cmid: newCmid() })).room.id;

type Answer = { ok: boolean; error?: { code: string; retryable: boolean } };

/** What a sender is told, in words. */
export const inWords = ({ ok, error }: Answer): string => (ok ? 'sent' : `${error?.code ?? 'nothing'}${error?.retryable ? ', to be retried' : ''}`);

/** One try, of the bare command. */
export const say = (member: Client, roomId: RoomId, body: string): Promise<Answer> =>
  member.raw('message:send', { roomId, cmid: newCmid(), body }).catch(() => ({ ok: false, error: { code: 'no answer', retryable: true } }));

export const sayAll = async (member: Client, roomId: RoomId, bodies: readonly string[]): Promise<number> => {
  let seq = 0;
  for (const body of bodies) {
    const answer = await say(member, roomId, body) as { ok: boolean; seq?: number };
    if (!answer.ok || answer.seq === undefined) throw new Error(`${body} was not acked`);
    seq = answer.seq;
  }
  return seq;
};

/** Tried again until it is acked, as an outbox does. Answers the epoch that it is in. */
export const untilSaid = async (member: Client, roomId: RoomId, body: string, deadlineMs: number): Promise<number> => {
  let epoch = 0;
  await waitFor('the room to take a message', async () => {
    const answer = await say(member, roomId, body) as { ok: boolean; epoch?: number };
    epoch = answer.epoch ?? 0;
    return answer.ok;
  }, { deadlineMs, intervalMs: RETRY_MS });
  return epoch;
};

export const takenIn = (fleet: Fleet, roomId: RoomId, seq: number): Promise<void> => withDatabase(fleet, (query) =>
  waitFor('it to be archived', async () => (await query('select 1 from watermarks where room_id = $1 and seq >= $2', [roomId, seq])).length === 1, { deadlineMs: TAKEN_IN_MS }));

export const lostOf = async (fleet: Fleet, roomId: RoomId): Promise<string[]> => withDatabase(fleet, async (query) =>
  (await query<{ body: string }>(`select event->'data'->>'body' as body from lost_events where room_id = $1 order by seq`, [roomId])).map(({ body }) => body));

export const bodiesOf = async (member: Client, roomId: RoomId): Promise<string[]> =>
  (await member.must('room:history', { roomId, limit: 100 })).messages.map(({ body }) => body ?? '');

export const assertEqual = (what: string, found: readonly string[], wanted: readonly string[]): void => {
  if (found.join('|') !== wanted.join('|')) throw new Error(`${what}: ${found.join(', ') || 'none'} instead of ${wanted.join(', ') || 'none'}`);
};

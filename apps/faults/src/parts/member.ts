import { newCmid } from '@parley/domain';
import type { RoomId } from '@parley/protocol';
import { connect, openSession, type Client } from '@parley/testkit/wire-client';
import { waitFor } from '@parley/testkit';

const SIGN_IN_MS = 30_000;

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

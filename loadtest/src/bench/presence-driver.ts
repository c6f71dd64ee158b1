/**
 * The load of the presence bench, in a process of its own so that its CPU time is not counted: members of one room over some
 * gateways, all of whom listen and watch. Arguments as one JSON object. Prints a line per phase and waits for one before the next:
 * `ready` when all watch; what was told of users who go away and return; what was told as all sockets of one gateway connect anew.
 */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { SESSION_PATH, type SessionResponse } from '@parley/protocol';
import { waitUntil } from '@parley/servers';
import { RawSocket } from '@parley/testkit/raw-socket';

type Options = { urls: string[]; members: number; window: number; changesPerSecond: number; seconds: number };
type Member = { session: SessionResponse; url: string; socket: RawSocket; status: 'online' | 'away' };
type Answer = { ok: boolean; online: number; away: number };
type Told = { changes: number; frames: number; bytes: number; users: number };

const options = JSON.parse(process.argv[2]!) as Options;
/** Sockets opened at once. */
const AT_ONCE = 50;
/** After the last change: its frames have come by then. */
const QUIET_MS = 4_000;

const told = { frames: 0, bytes: 0, users: 0 };
const listen = (socket: RawSocket): void => {
  socket.onEvent = (packet) => {
    if (!packet.startsWith('42["presence:changed"')) return;
    told.frames += 1;
    told.bytes += packet.length;
    for (let at = packet.indexOf('"userId"'); at >= 0; at = packet.indexOf('"userId"', at + 8)) told.users += 1;
  };
};
const inParts = async <T>(items: readonly T[], work: (item: T, n: number) => Promise<void>): Promise<void> => {
  for (let n = 0; n < items.length; n += AT_ONCE) await Promise.all(items.slice(n, n + AT_ONCE).map((item, k) => work(item, n + k)));
};
const must = async <T extends { ok: boolean }>(answer: Promise<T>): Promise<T> => {
  const given = await answer;
  if (!given.ok) throw new Error(`refused: ${JSON.stringify(given)}`);
  return given;
};
const urlOf = (n: number): string => options.urls[n % options.urls.length]!;

const sessions: SessionResponse[] = [];
await inParts(Array.from({ length: options.members }), async (_, n) => {
  let refusal = '';
  const signedIn = await waitUntil(async () => {
    const response = await fetch(`${urlOf(n)}${SESSION_PATH}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: `bench ${n}` }) });
    if (!response.ok) refusal = await response.text();
    else sessions[n] = (await response.json()) as SessionResponse;
    return response.ok;
  }, 60_000, 500);
  if (!signedIn) throw new Error(`no session: ${refusal}`);
});
const open = (n: number): Promise<RawSocket> => RawSocket.open(urlOf(n), { token: sessions[n]!.token });

// Members first, of whom few listen while they join: what joins cost is not the question here.
const owner = await open(0);
const { room: { id: roomId } } = await must(owner.call<{ ok: boolean; room: { id: string } }>('room:create', { kind: 'public', name: 'bench', cmid: `bench-${Date.now()}` }));
owner.close();
await inParts(sessions.slice(1), async (_, n) => {
  const socket = await open(n + 1);
  await must(socket.call<Answer>('room:join', { roomId }));
  socket.close();
});

/** Each watches some others, as the part of a list that a screen shows. */
const windowOf = (n: number): string[] => Array.from({ length: options.window }, (_, k) => sessions[(n + k) % sessions.length]!.user.id);
const enter = async (n: number): Promise<{ socket: RawSocket; answer: Answer }> => {
  const socket = await open(n);
  listen(socket);
  await must(socket.call<{ ok: boolean }>('room:join', { roomIds: [roomId], resume: true }));
  return { socket, answer: await must(socket.call<Answer>('presence:watch', { roomId, userIds: windowOf(n) })) };
};
const members: Member[] = [];
await inParts(sessions, async (session, n) => {
  members[n] = { session, url: urlOf(n), socket: (await enter(n)).socket, status: 'online' };
});
const watch = () => members[0]!.socket.call<Answer>('presence:watch', { roomId, userIds: windowOf(0) });
const untilAllThere = async (): Promise<void> => {
  if (!(await waitUntil(async () => (await watch()).online === options.members, 60_000))) throw new Error('not all are there');
  await sleep(QUIET_MS);
};

const lines = process.stdin[Symbol.asyncIterator]();
const phase = async (report: string): Promise<void> => {
  console.log(report);
  await lines.next();
  Object.assign(told, { frames: 0, bytes: 0, users: 0 });
};
await untilAllThere();
await phase('ready');

let changes = 0;
for (let second = 0; second < options.seconds; second += 1) {
  const next = sleep(1_000);
  await Promise.all(Array.from({ length: options.changesPerSecond }, async () => {
    const member = members[(changes++ * 7) % members.length]!;
    member.status = member.status === 'online' ? 'away' : 'online';
    await must(member.socket.call<Answer>('presence:set', { status: member.status }));
  }));
  await next;
}
await sleep(QUIET_MS);
await phase(JSON.stringify({ changes, ...told } satisfies Told));

const moving = members.map((_, n) => n).filter((n) => n % options.urls.length === 1);
for (const n of moving) members[n]!.socket.close();
await sleep(QUIET_MS);
await inParts(moving, async (n) => {
  members[n]!.socket = (await enter(n)).socket;
});
await sleep(QUIET_MS);
// Each went and came.
await phase(JSON.stringify({ changes: 2 * moving.length, ...told } satisfies Told));
for (const { socket } of members) socket.close();
process.stdin.destroy();
await Promise.race([once(process.stdout, 'drain'), sleep(100)]);
process.exit(0);

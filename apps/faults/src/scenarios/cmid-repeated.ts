import { newCmid } from '@parley/domain';
import type { After, CommandAnswer, RoomId } from '@parley/protocol';
import { waitFor } from '@parley/testkit';
import type { Fleet } from '@parley/testkit/fleet';
import { connect, openSession, type Client } from '@parley/testkit/wire-client';
import { withDatabase } from '../parts/database.ts';
import { scenario } from '../scenario.ts';

const TIMES = 50;
/** A room's log is trimmed once 500 entries were taken in since, or after half a minute. */
const TRIMMED_MS = 60_000;

type Said = { roomId: RoomId; cmid: ReturnType<typeof newCmid>; body: string; after?: After };

const placeOf = (answer: CommandAnswer<'message:send'>): string => {
  if (!answer.ok) throw new Error(`refused: ${JSON.stringify(answer.error)}`);
  return `${answer.epoch}/${answer.seq}/${answer.id}`;
};

/** The same cmid from every connection at once, under bodies of its own each time but one. The one place they were all answered with. */
const repeat = async (clients: readonly Client[], said: Said, times: number): Promise<string> => {
  const answers = await Promise.all(Array.from({ length: times }, (_, n) =>
    clients[n % clients.length]!.ask('message:send', { ...said, body: n % 2 === 0 ? said.body : `${said.body}, or else ${n}`, attempt: n })));
  const places = new Set(answers.map(placeOf));
  if (places.size !== 1) throw new Error(`one command was answered with ${places.size} places: ${[...places].join(', ')}`);
  return [...places][0]!;
};

const must = (what: string, place: string, expected: string): void => {
  if (place !== expected) throw new Error(`${what}: answered with ${place}, and first with ${expected}`);
};

type Watermark = { seq: number; position: number; trimmed: number };

const watermark = async (fleet: Fleet, roomId: RoomId): Promise<Watermark | undefined> =>
  (await withDatabase(fleet, (query) => query<Watermark>('select seq::int, position::int, trimmed::int from watermarks where room_id = $1', [roomId])))[0];

/** Until the log no longer has what stands at `seq`, so that only the table of cmids knows it. */
const untilTrimmed = async (fleet: Fleet, roomId: RoomId, seq: number): Promise<void> => {
  let beyond = Infinity;
  await waitFor('the log to be trimmed beyond it', async () => {
    const mark = await watermark(fleet, roomId);
    if (mark && mark.seq > seq) beyond = Math.min(beyond, mark.position);
    return mark !== undefined && mark.trimmed >= beyond;
  }, { deadlineMs: TRIMMED_MS, intervalMs: 200 });
};

export const cmidRepeated = scenario({
  name: 'cmid-repeated',
  title: 'one cmid is sent 50 times at once across gateways, under other bodies, and again long after, when the log has forgotten it',
  bound: { ms: 5_000, of: 'always the first answer, and one message' },
  traffic: { rooms: 1, perSecond: 150 },
  async run({ fleet, traffic, note, mark, recovered }) {
    const roomId = traffic.roomIds[0]!;
    const session = await openSession(fleet.url, 'insistent');
    const open = (): Promise<Client[]> => Promise.all([...fleet.gateways, ...fleet.gateways].map(({ url }) => connect(url, session)));
    let clients = await open();
    const { epoch, seq } = await clients[0]!.must('room:join', { roomId }) as After;
    for (const each of clients.slice(1)) await each.must('room:join', { roomId });
    const said: Said = { roomId, cmid: newCmid(), body: 'said once', after: { epoch, seq } };
    const { after: _, ...saidWithoutAfter } = said;

    mark();
    let place = '';
    await recovered(`${TIMES} answers`, async () => void (place = await repeat(clients, said, TIMES)));
    const heardAt = Number(place.split('/')[1]);
    must('soon after, with another body', await repeat(clients, { ...said, body: 'said anew' }, 4), place);
    must('without what was known', await repeat(clients, saidWithoutAfter, 4), place);

    await untilTrimmed(fleet, roomId, heardAt);
    must('beyond the window of the log', await repeat(clients, said, TIMES), place);
    must('beyond it, without what was known', await repeat(clients, saidWithoutAfter, 4), place);

    // A gateway that knows the room from its watermark alone.
    const [gateway] = fleet.gateways;
    await gateway!.kill();
    await gateway!.start();
    for (const each of clients) each.socket.close();
    clients = await open();
    for (const each of clients) await each.must('room:join', { roomIds: [roomId], resume: true });
    must('from a gateway that has started since', await repeat(clients, said, TIMES), place);
    note(`answered ${3 * TIMES + 12} times with the place ${place}`);

    const copies = clients[0]!.events().filter(({ cmid }) => cmid === said.cmid).length;
    if (copies > 0) throw new Error(`heard ${copies} times again`);
    for (const each of clients) each.socket.close();
  },
});

import { newCmid } from '@parley/domain';
import type { RoomId } from '@parley/protocol';
import { waitFor } from '@parley/testkit';
import { startFleet, type Fleet } from '@parley/testkit/fleet';
import { startTcpProxy, type TcpProxy } from '@parley/testkit/tcp-proxy';
import { connect, openSession, type Client } from '@parley/testkit/wire-client';
import { scenario, type Context, type FleetPlan } from '../scenario.ts';

/** `door` is before HAProxy: what clients connect to. */
type WithDoor = Fleet & { door: TcpProxy; doorUrl: string };

export const BEHIND_A_DOOR: FleetPlan<WithDoor> = {
  name: 'clients come through a proxy that can hold back and cut',
  async start({ dataDir }) {
    const fleet = await startFleet({ gateways: 2, workers: 2, dataDir });
    const door = await startTcpProxy({ port: fleet.haproxy.port });
    const stop = async (): Promise<void> => {
      await door.close();
      await fleet.stop();
    };
    return { ...fleet, door, doorUrl: `http://127.0.0.1:${door.port}`, stop };
  },
};

const CUTS = 5;
/** Long enough that what was sent is in the log, and every answer to it on its way. */
const HELD_MS = 300;

/** Answers are held back until the log has what they are about; then the connections end, and the answers with them. */
const cutAnswers = async ({ fleet, random }: Pick<Context<WithDoor>, 'fleet' | 'random'>): Promise<void> => {
  if (fleet.door.connections === 0) throw new Error('nobody came through the door');
  for (let cuts = 0; cuts < CUTS; cuts += 1) {
    fleet.door.hold('down');
    await new Promise((resolve) => setTimeout(resolve, HELD_MS));
    fleet.door.cut();
    fleet.door.release();
    await new Promise((resolve) => setTimeout(resolve, random.int(500, 2_500)));
  }
};

/** One message whose answer is known to have been on its way: it is heard by somebody else. Said again, it is answered with its first place. */
const sayTwice = async ({ fleet, note }: Context<WithDoor>, heardBy: Client, roomId: RoomId, round: number): Promise<void> => {
  const session = await openSession(fleet.url, 'cut');
  const writer = await connect(fleet.doorUrl, session);
  const { epoch, seq } = await writer.must('room:join', { roomId }) as { epoch: number; seq: number };
  const send = { roomId, cmid: newCmid(), body: `said once, ${round}`, after: { epoch, seq } };
  fleet.door.hold('down');
  writer.socket.emit('message:send', send, () => note('an answer came through'));
  const heard = () => heardBy.events().find(({ cmid }) => cmid === send.cmid);
  await waitFor('the log to have it', () => heard() !== undefined);
  fleet.door.cut();
  fleet.door.release();
  writer.socket.close();
  const again = await connect(fleet.doorUrl, session);
  const answer = await again.must('message:send', { ...send, body: `said again, ${round}`, attempt: 2 });
  again.socket.close();
  const { id, seq: place } = heard()!;
  if (answer.id !== id || answer.seq !== place) throw new Error(`said at ${place} as ${id}, and answered again as ${answer.seq}, ${answer.id}`);
  if (heardBy.events().filter(({ cmid }) => cmid === send.cmid).length !== 1) throw new Error('heard twice');
};

export const ackCut = scenario<WithDoor>({
  name: 'ack-cut',
  title: 'every connection is cut between the log\'s ack and the client\'s, several times',
  bound: { ms: 5_000, of: 'clients come back, send the same again, and get its first answer' },
  fleet: BEHIND_A_DOOR,
  traffic: { perSecond: 300, urls: ({ doorUrl }) => [doorUrl] },
  fault: {
    touches: ['clients'],
    holdMs: 0,
    flows: true,
    async inject(context) {
      await cutAnswers(context);
      return () => Promise.resolve();
    },
  },
  async run(context) {
    const { fleet, traffic, mark, recovered, note } = context;
    const [roomId] = traffic.roomIds;
    const other = await connect(fleet.gateways[0]!.url, await openSession(fleet.url, 'other'));
    await other.must('room:join', { roomId: roomId! });
    for (let round = 1; round <= CUTS; round += 1) await sayTwice(context, other, roomId!, round);
    other.socket.close();
    note(`${CUTS} messages, each acked by the log and cut off before its answer, were answered with their first place`);
    await cutAnswers(context);
    mark();
    await recovered('messages flow after the last cut', (deadlineMs) => traffic.untilFlowing(deadlineMs));
  },
});

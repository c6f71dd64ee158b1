import { waitFor } from '@parley/testkit';
import { openSession } from '@parley/testkit/wire-client';
import { BareClient } from '../parts/bare-client.ts';
import { fragments, frame } from '../parts/frames.ts';
import { MALFORMED_FRAMES, MALFORMED_REQUESTS } from '../parts/malformed.ts';
import { withoutHarm } from '../parts/meanwhile.ts';
import { scenario, type Context } from '../scenario.ts';

const ABREAST = 10;
const ROUNDS_MS = 10_000;
/** How soon the server ends a connection that cannot go on. A request that is never finished is given its ten seconds. */
const ENDED_MS = 5_000;
const UNFINISHED_MS = 45_000;

const inBatches = async <T>(items: readonly T[], each: (item: T) => Promise<void>): Promise<void> => {
  for (let start = 0; start < items.length; start += ABREAST) await Promise.all(items.slice(start, start + ABREAST).map(each));
};

const QUESTION = frame('42777["user:get",{"userIds":[]}]');
const ANSWER = '43777[';

/** Each on a connection of its own. How many the server ended. */
const sayFrames = async (port: number, token: string): Promise<number> => {
  let ended = 0;
  await inBatches(MALFORMED_FRAMES, async ({ name, bytes, must }) => {
    const client = await BareClient.signedIn(port, token);
    try {
      client.say(bytes);
      if (must === 'wait') return;
      if (must === 'go on or end') client.say(QUESTION);
      await waitFor(`the server to ${must === 'end' ? 'end the connection' : 'answer'} after ${name}`, () => client.isEnded || (must !== 'end' && client.heard(ANSWER)), { deadlineMs: 3 * ENDED_MS });
      if (client.isEnded) ended += 1;
    } finally {
      client.close();
    }
  });
  return ended;
};

const sayRequests = async (port: number): Promise<void> => {
  await inBatches(MALFORMED_REQUESTS, async ({ bytes }) => {
    const client = await BareClient.open(port);
    client.say(bytes);
    client.halfClose();
    // Answered or not, it ends.
    await waitFor('the connection to end', () => client.isEnded || client.heard('HTTP/1.1'), { deadlineMs: UNFINISHED_MS }).finally(() => client.close());
  });
};

/** In frames of one byte, as anybody may: it is heard like any other. */
const sayInFragments = async ({ fleet, traffic }: Context, port: number): Promise<void> => {
  const { token } = await openSession(fleet.url, 'in pieces');
  const client = await BareClient.signedIn(port, token);
  try {
    const [roomId] = traffic.roomIds;
    client.say(fragments(`421${JSON.stringify(['room:join', { roomId }])}`));
    await client.untilHeard('431[{"ok":true');
    client.say(fragments(`422${JSON.stringify(['user:get', { userIds: [] }])}`));
    await client.untilHeard('432[');
  } finally {
    client.close();
  }
};

export const malformed = scenario({
  name: 'malformed',
  title: 'packets, frames and requests that no client would send, at the level of bytes, past HAProxy and through it',
  bound: { ms: 3_000, of: 'messages flow, newcomers are let in, nobody is cut off; then the gateways hold what they held before' },
  run: (context) => withoutHarm(context, async () => {
    const { fleet, scaled, note } = context;
    const { token } = await openSession(fleet.url, 'Mallory');
    const until = performance.now() + scaled(ROUNDS_MS);
    let rounds = 0;
    let ended = 0;
    for (; rounds === 0 || performance.now() < until; rounds += 1) {
      await Promise.all([...fleet.gateways.map((gateway) => gateway.port), fleet.haproxy.port].map(async (port) => {
        await Promise.all([sayFrames(port, token).then((count) => (ended += count)), sayRequests(port), sayInFragments(context, port)]);
      }));
    }
    note(`${rounds} rounds of ${MALFORMED_FRAMES.length} on WebSockets and ${MALFORMED_REQUESTS.length} on bare connections, at each gateway and at HAProxy; ${ended} were answered by the end of the connection`);
  }),
});

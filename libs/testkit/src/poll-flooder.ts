import { LIMITS } from '@parley/protocol';
import { parentPort, workerData } from 'node:worker_threads';

/** A thread of its own: see poll-flood.ts. It says when it is in full swing, floods until it is told anything, and then tells what it was answered. */
const FLOODERS = 20;
const SWING = 100;
const HUGE = 'x'.repeat(1_000_000);
/** Beyond what one poll may post. */
const LARGE = 'x'.repeat(LIMITS.frameBytes + 1);

/** Begins a session of Engine.IO that never signs in: its query and the cookie that leads to its gateway. */
const begin = async (polling: string): Promise<{ sid: string; cookie: string }> => {
  const answer = await fetch(polling);
  const cookie = answer.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
  return { sid: (JSON.parse((await answer.text()).slice(1)) as { sid: string }).sid, cookie };
};

const flood = async (url: string, onSwing: () => void, isOver: () => boolean): Promise<Map<number, number>> => {
  const polling = `${url}/socket.io/?EIO=4&transport=polling`;
  const { sid, cookie } = await begin(polling);
  const headers = { cookie };
  const post = (of: string, body: string): Promise<Response> => fetch(`${polling}&sid=${of}`, { method: 'POST', headers, body });
  const kinds: (() => Promise<Response>)[] = [
    () => fetch(polling),
    () => fetch(`${polling}&sid=nobody`),
    () => fetch(`${polling}&sid=${sid}`, { headers }),
    () => post(sid, '6\u001e6\u001e6'),
    () => post(sid, LARGE),
    () => post('nobody', HUGE),
    // Of a session of its own, which is there: two polls, and two posts, at once.
    async () => {
      const own = await begin(polling);
      const poll = (): Promise<Response> => fetch(`${polling}&sid=${own.sid}`, { headers: { cookie: own.cookie } });
      await Promise.allSettled([poll(), poll()]);
      return poll();
    },
    async () => {
      const own = await begin(polling);
      const send = (body: string): Promise<Response> => fetch(`${polling}&sid=${own.sid}`, { method: 'POST', headers: { cookie: own.cookie }, body });
      const [one] = await Promise.allSettled([send('40{}'), send('40'), send('6'.repeat(90_000))]);
      if (one?.status !== 'fulfilled') throw new Error('no answer');
      return one.value;
    },
  ];
  const answers = new Map<number, number>();
  let asked = 0;
  let answered = 0;
  await Promise.all(Array.from({ length: FLOODERS }, async () => {
    while (!isOver()) {
      const status = await kinds[(asked += 1) % kinds.length]!().then(async (response) => {
        await response.arrayBuffer();
        return response.status;
      }).catch(() => 0);
      answers.set(status, (answers.get(status) ?? 0) + 1);
      answered += 1;
      if (answered === SWING) onSwing();
    }
  }));
  return answers;
};

let over = false;
parentPort?.once('message', () => (over = true));
parentPort?.postMessage(await flood((workerData as { url: string }).url, () => parentPort?.postMessage('flooding', []), () => over), []);

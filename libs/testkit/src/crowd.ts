import { setTimeout as sleep } from 'node:timers/promises';

/** How long one may take to get in, where many want to. */
const OPEN_MS = 30_000;
const ABREAST = 50;

/** Keeps nobody waiting for it. */
const late = (ms: number): Promise<void> => sleep(ms, undefined, { ref: false });

export type Member = {
  /** How often it did as `session:reconnect` told. */
  readonly moves: number;
  /** How often its connection was ended for it. */
  readonly cut: number;
  /** Whether the server answers on the present connection. */
  answers(): Promise<boolean>;
  close(): void;
};

/** Socket.IO on a bare WebSocket, without all that a client does: many of them cost little. */
const open = async (url: string, token: string, on: { reconnect: (afterMs: number) => void; answered: () => void }): Promise<WebSocket> => {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`);
  const connected = Promise.withResolvers<void>();
  socket.addEventListener('message', ({ data }: MessageEvent<string>) => {
    if (data === '2') socket.send('3');
    else if (data.startsWith('0')) socket.send(`40${JSON.stringify({ token })}`);
    else if (data.startsWith('40')) connected.resolve();
    else if (data.startsWith('44')) connected.reject(new Error(`refused: ${data}`));
    else if (data.startsWith('43')) on.answered();
    else if (data.startsWith('42["session:reconnect"')) on.reconnect((JSON.parse(data.slice(2)) as [string, { afterMs: number }])[1].afterMs);
  });
  socket.addEventListener('close', () => connected.reject(new Error('not let in')));
  await Promise.race([connected.promise, late(OPEN_MS).then(() => { throw new Error('not let in in time'); })]);
  return socket;
};

/** One of a crowd. Moves when it is told to, as docs/protocol.md asks: the new connection first. */
export const joinCrowd = async (url: string, token: string): Promise<Member> => {
  let moves = 0;
  let cut = 0;
  let onAnswer = (): void => {};
  let current: WebSocket | null = null;
  const connect = async (): Promise<WebSocket> => {
    const socket = await open(url, token, { reconnect: (afterMs) => setTimeout(() => void move(), afterMs), answered: () => onAnswer() });
    socket.addEventListener('close', () => { if (socket === current) cut += 1; });
    return socket;
  };
  const move = async (): Promise<void> => {
    const left = current;
    if (!left) return;
    current = await connect();
    moves += 1;
    left?.close();
  };
  current = await connect();
  return {
    get moves() {
      return moves;
    },
    get cut() {
      return cut;
    },
    async answers() {
      const { promise: answered, resolve } = Promise.withResolvers<true>();
      onAnswer = () => resolve(true);
      current?.send('420["user:get",{"userIds":[]}]');
      return Promise.race([answered, late(OPEN_MS).then(() => false)]);
    },
    close() {
      const socket = current;
      current = null;
      socket?.close();
    },
  };
};

/** Connections of one user, a few at once: what is tried are connections. */
export const gatherCrowd = async (url: string, token: string, count: number): Promise<Member[]> => {
  const crowd: Member[] = [];
  for (let n = 0; n < count; n += ABREAST) crowd.push(...(await Promise.all(Array.from({ length: Math.min(ABREAST, count - n) }, () => joinCrowd(url, token)))));
  return crowd;
};

import { once } from 'node:events';

/** How long one may take to get in, where many want to. */
const OPEN_MS = 30_000;

export type Member = {
  /** Moves when it is told to, as docs/protocol.md asks: the new connection first. */
  readonly moves: number;
  readonly cut: number;
  /** Whether the server answers on the present connection. */
  answers(): Promise<boolean>;
  close(): void;
};

/** Socket.IO on a bare WebSocket, without all that a client does: many of them cost little. */
const open = async (url: string, token: string, on: { reconnect: (afterMs: number) => void; closed: () => void; answered: () => void }): Promise<WebSocket> => {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`);
  const connected = Promise.withResolvers<void>();
  socket.addEventListener('message', ({ data }: MessageEvent<string>) => {
    if (data === '2') socket.send('3');
    else if (data.startsWith('0')) socket.send(`40${JSON.stringify({ token })}`);
    else if (data.startsWith('40')) connected.resolve();
    else if (data.startsWith('43')) on.answered();
    else if (data.startsWith('42["session:reconnect"')) on.reconnect((JSON.parse(data.slice(2)) as [string, { afterMs: number }])[1].afterMs);
  });
  socket.addEventListener('close', () => {
    connected.reject(new Error('not let in'));
    on.closed();
  });
  await Promise.race([connected.promise, once(AbortSignal.timeout(OPEN_MS), 'abort').then(() => { throw new Error('not let in in time'); })]);
  return socket;
};

export const joinCrowd = async (url: string, token: string): Promise<Member> => {
  let moves = 0;
  let cut = 0;
  let answers = 0;
  let current: WebSocket | null = null;
  const connect = async (): Promise<WebSocket> => {
    const socket: WebSocket = await open(url, token, {
      reconnect: (afterMs) => setTimeout(() => void move(), afterMs),
      closed: () => { if (socket === current) cut += 1; },
      answered: () => { answers += 1; },
    });
    return socket;
  };
  const move = async (): Promise<void> => {
    const left = current;
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
      const before = answers;
      current?.send('420["user:get",{"userIds":[]}]');
      for (const deadline = performance.now() + OPEN_MS; answers === before && performance.now() < deadline;) await new Promise((resolve) => setTimeout(resolve, 20));
      return answers > before;
    },
    close() {
      const socket = current;
      current = null;
      socket?.close();
    },
  };
};

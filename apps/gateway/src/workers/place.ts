import cluster from 'node:cluster';
import { join } from 'node:path';

/** Told by the primary: which worker this is, and the folder in which each worker has its door. */
export const WORKER_NUMBER = 'PARLEY_WORKER';
export const WORKER_DOORS = 'PARLEY_WORKER_DOORS';
export const WORKER_START = 'PARLEY_WORKER_START';
/** What the primary sends a worker that is to make place for the next while the others serve. */
export const RETIRE = 'retire';

/** Where a worker stands among the workers of its gateway. */
export type Place = {
  /** From 1. A worker that died is followed by one with its number. */
  number: number;
  /** How many workers there are. */
  of: number;
  /** How many had this number, this one included. */
  start: number;
  /** The Unix socket on which worker `number` hears the other workers. */
  door: (number: number) => string;
  /** Of its metrics. */
  labels: Readonly<Record<string, string>>;
  /** Whose a session of Engine.IO is, is in its id: any worker can tell, and none has to remember. */
  sessionPrefix: string;
};

/** `null`: this process is the whole gateway. */
export const placeOf = (workers: number, env: NodeJS.ProcessEnv = process.env): Place | null => {
  if (!cluster.isWorker) return null;
  const doors = env[WORKER_DOORS] ?? '';
  const number = Number(env[WORKER_NUMBER]);
  return {
    number, of: workers, start: Number(env[WORKER_START]), door: (other) => join(doors, `${other}`),
    labels: { worker: `${number}` }, sessionPrefix: `w${number}.`,
  };
};

const OWNER = /^w(\d{1,2})\./;

/** The worker whose session a request is about, if it is about one. Reads the URL as Engine.IO does, so that nothing is passed on which it then takes for a new connection. */
export const ownerOf = (url: string): number | null => {
  const sid = new URL(url, 'http://worker').searchParams.getAll('sid').at(-1) ?? '';
  const [, number] = OWNER.exec(sid) ?? [];
  return number === undefined ? null : Number(number);
};

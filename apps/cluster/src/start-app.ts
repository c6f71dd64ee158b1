import { fileURLToPath } from 'node:url';
import { PARENT_PID } from '@parley/runtime';
import { spawnChild, type Part } from '@parley/servers';

export type AppName = 'gateway' | 'persistence' | 'moderation';
export type AppProcess = Part & { readonly port: number };

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** Over what an app allows itself (`SHUTDOWN_TIMEOUT`), so that the app decides. */
const STOP_MARGIN_MS = 2_000;

export type AppOptions = {
  app: AppName;
  name: string;
  port: number;
  /** On top of our own environment; `undefined` takes a variable out. */
  env: Record<string, string | undefined>;
  /** What the app allows itself for leaving. */
  shutdownMs: number;
};

/** One app as a process of its own, `node apps/<app>/src/main.ts`, whose log goes where ours goes. */
export const startApp = ({ app, name, port, env, shutdownMs }: AppOptions): AppProcess => {
  const start = () => spawnChild({
    name,
    command: process.execPath,
    args: [`apps/${app}/src/main.ts`],
    cwd: ROOT,
    env: { ...process.env, ...env, PORT: `${port}`, HOST: '127.0.0.1', NODE_NAME: name, [PARENT_PID]: `${process.pid}` },
    // All leave together, so that no gateway is to move its clients to another: as at a Ctrl-C.
    stopSignal: 'SIGINT',
    stopDeadlineMs: shutdownMs + STOP_MARGIN_MS,
  });
  let child = start();
  return {
    name,
    port,
    get pid() {
      return child.pid;
    },
    get exited() {
      return child.exited;
    },
    stop: () => child.stop(),
    async restart() {
      await child.stop();
      child = start();
    },
  };
};

import type { Child, Exit } from './child.ts';
import { freePort, isFree } from './ports.ts';
import { ServerError } from './server-error.ts';

/** A server that runs as our child. */
export type Server = {
  readonly name: string;
  readonly url: string;
  readonly port: number;
  /** Of the process that runs now: another one after `restart`. */
  readonly pid: number;
  readonly isRunning: boolean;
  /** Settles when the process that runs now ends, wanted or not. */
  readonly exited: Promise<Exit>;
  logTail(): string;
  /** In an orderly way, then by force. */
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** On the same port and data; stops it first if it runs. */
  restart(): Promise<void>;
};

const PORT_TRIES = 5;

/**
 * Makes a {@link Server} of a function that starts one process and resolves when it is ready. With no port asked for,
 * one is chosen, and another if somebody else takes it in between.
 */
export const startServer = async (name: string, port: number | undefined, start: (port: number) => Promise<Child>, urlOf: (port: number) => string): Promise<Server> => {
  const startSomewhere = async (): Promise<{ port: number; child: Child }> => {
    if (port !== undefined) {
      if (!(await isFree(port))) throw new ServerError('port_taken', `${name} cannot listen on port ${port}: something else does. Stop that, or choose another port.`);
      return { port, child: await start(port) };
    }
    for (let tries = 1; ; tries += 1) {
      const chosen = await freePort();
      try {
        return { port: chosen, child: await start(chosen) };
      } catch (error) {
        if (tries === PORT_TRIES || (await isFree(chosen))) throw error;
      }
    }
  };

  const started = await startSomewhere();
  let { child } = started;
  return {
    name,
    url: urlOf(started.port),
    port: started.port,
    get pid() {
      return child.pid;
    },
    get isRunning() {
      return child.exit === undefined;
    },
    get exited() {
      return child.exited;
    },
    logTail: () => child.logTail(),
    stop: () => child.stop(),
    kill: () => child.kill(),
    async restart() {
      await child.stop();
      child = await start(started.port);
    },
  };
};

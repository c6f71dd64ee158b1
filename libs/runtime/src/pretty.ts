import type { DestinationStream } from 'pino';
import pretty from 'pino-pretty';

/** In this process rather than a worker thread: a terminal is slow enough not to matter, and Ctrl-C loses nothing. */
export const pinoPretty = (): DestinationStream => pretty({ sync: true, ignore: 'pid,hostname,app,node', translateTime: 'SYS:HH:MM:ss' });

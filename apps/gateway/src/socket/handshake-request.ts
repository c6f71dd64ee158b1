import type { IncomingMessage } from 'node:http';

/** A request as Engine.IO hands it to its middleware. */
export type EngineRequest = IncomingMessage & { _query: { sid?: string } };

/** Whether it asks for a connection that is not there yet. As Engine.IO decides it: an empty `sid` is none. */
export const beginsConnection = ({ _query: { sid } }: EngineRequest): boolean => !sid;

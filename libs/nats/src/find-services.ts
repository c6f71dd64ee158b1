import { Svcm, type ServiceIdentity } from '@nats-io/services';
import { errors } from '@nats-io/transport-node';
import type { Nats } from './connect.ts';

export type { ServiceIdentity } from '@nats-io/services';

/** Everyone who answers to `name`: until nobody has for a moment, and no longer than `withinMs`. */
export const findServices = async (nats: Nats, name: string, withinMs: number): Promise<ServiceIdentity[]> => {
  const found: ServiceIdentity[] = [];
  try {
    for await (const identity of await new Svcm(nats.nc).client({ strategy: 'stall', maxWait: withinMs }).ping(name)) found.push(identity);
  } catch (error) {
    if (!(error instanceof errors.NoRespondersError)) throw error;
  }
  return found;
};

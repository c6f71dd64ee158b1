import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Haproxy } from './haproxy.ts';

export type GatewayAddress = { name: string; port: number; /** Default 127.0.0.1. */ host?: string };

export const HAPROXY_CONFIG = fileURLToPath(new URL('../../../deploy/haproxy/haproxy.cfg', import.meta.url));

/** Which gateways there are: the part of HAProxy's configuration that only the launcher knows. */
export const writeGatewayList = (file: string, gateways: readonly GatewayAddress[]): string => {
  const servers = gateways.map(({ name, port, host = '127.0.0.1' }) => `  server ${name} ${host}:${port} cookie ${name}\n`);
  writeFileSync(file, ['gateways', 'gateways-alive'].map((backend) => `backend ${backend} from ${backend}\n${servers.join('')}`).join(''));
  return file;
};

/** How many of them HAProxy has found ready. */
export const gatewaysUp = async (haproxy: Haproxy): Promise<number> => (await haproxy.administer('show stat')).match(/^gateways,[^,]+,.*,UP,/gm)?.filter((line) => !line.startsWith('gateways,BACKEND')).length ?? 0;

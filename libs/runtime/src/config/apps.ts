import type { VariableName } from './variables.ts';

type AppVariables = { readonly variables: readonly VariableName[]; readonly defaults?: Readonly<Partial<Record<VariableName, string>>> };

const EVERYWHERE = ['logLevel', 'nodeName', 'shutdownTimeout'] as const;
const HTTP = [
  'port', 'host', 'webDist', 'dataDir', 'guests', 'sessionKey', 'sessionKeyFile', 'sessionTtl', 'sessionIssuer', 'sessionAudience', 'issuers', 'origins', 'httpsOnly', 'region',
  'sendRate', 'sendBurst', 'readRate', 'readBurst', 'joinRate', 'joinBurst', 'signalRate', 'signalBurst', 'reportRate', 'reportBurst', 'roomRate', 'roomBurst',
  'addressSignInRate', 'addressSignInBurst', 'addressConnectRate', 'addressConnectBurst', 'addressSockets', 'userSockets', 'socketRooms', 'addressExempt', 'trustedProxies', 'acceptRate', 'handshakes',
] as const;

const MODERATION = ['reportAt', 'hideAt', 'similarPoints', 'checkers'] as const;

/** Which app reads which variables, and where its default is another. */
export const APPS = {
  gateway: { variables: [...EVERYWHERE, ...HTTP, 'leaveNotice', 'leaveRate', 'natsUrl', 'natsReplicas', 'redisUrl', 'workers'] },
  persistence: { variables: [...EVERYWHERE, 'port', 'host', 'region', 'natsUrl', 'natsReplicas', 'databaseUrl'], defaults: { port: '8090' } },
  moderation: { variables: [...EVERYWHERE, ...MODERATION, 'port', 'host', 'region', 'natsUrl', 'natsReplicas'], defaults: { port: '8091' } },
  standalone: { variables: [...EVERYWHERE, ...HTTP, ...MODERATION, 'ownDatabaseUrl'], defaults: { guests: 'on' } },
  cluster: { variables: [...EVERYWHERE, 'port', 'host', 'dataDir', 'guests', 'gateways', 'workers', 'moderators', 'ownDatabaseUrl', 'natsReplicas'], defaults: { guests: 'on' } },
  infra: { variables: [...EVERYWHERE, 'dataDir', 'natsUrl', 'redisUrl', 'databaseUrl'] },
  ops: { variables: ['dataDir', 'region', 'ownNatsUrl', 'ownDatabaseUrl'] },
} as const satisfies Record<string, AppVariables>;

export type AppName = keyof typeof APPS;
export const appVariables = (app: AppName): AppVariables => APPS[app];

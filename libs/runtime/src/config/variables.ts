import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { issuersSchema } from './issuers.ts';
import { checkersSchema } from './checkers.ts';

/** One environment variable. `schema` parses its text; an unset or empty one takes `fallback`, or is refused if that is `required`. */
export type Variable<T = unknown> = {
  env: string;
  schema: z.ZodType<T, string>;
  /** As one would write it in the environment; `null`: may be left out, and is then `undefined`. */
  fallback: string | null;
  unit: string;
  meaning: string;
  /** Never shown, not even in part. */
  secret?: boolean;
};

const variable = <T>(definition: Variable<T>): Variable<T> => definition;
const optional = <T>(definition: Omit<Variable<T>, 'fallback' | 'schema'> & { schema: z.ZodType<T, string> }): Variable<T | undefined> =>
  ({ ...definition, fallback: null });

const text = z.string().min(1);
const count = (min: number, max: number) => z.string().regex(/^\d+$/, 'not a whole number').transform(Number).pipe(z.number().int().min(min).max(max));
const NAMED_NETWORKS = new Set(['loopback', 'linklocal', 'uniquelocal']);
const isNetwork = (text: string): boolean => {
  const [address = '', prefix = '1', ...rest] = text.split('/');
  const family = isIP(address);
  return NAMED_NETWORKS.has(text) || (family !== 0 && rest.length === 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) >= 1 && Number(prefix) <= (family === 4 ? 32 : 128));
};
/** As a browser writes it in `Origin`: scheme, host and port, nothing after. */
const isOrigin = (text: string): boolean => text === 'self' || (!text.includes('*') && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text);
const origins = z.string().transform((value) => value.split(',').map((each) => each.trim()).filter(Boolean)).pipe(z.array(z.string().refine(isOrigin, 'neither an origin such as https://chat.example.org nor self')).max(100));
const workers = z.union([z.enum(['auto', '0']).transform(() => availableParallelism()), count(1, 64)], 'not a number up to 64, nor auto');
const flag = z.enum(['on', 'off', 'true', 'false', '1', '0']).transform((value) => value === 'on' || value === 'true' || value === '1');
const label = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/, 'not lower-case letters, digits and dashes');
/** As long as a label of DNS, which is what a pod is called by. */
const name = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'not up to 63 lower-case letters, digits and dashes');
const url = (...schemes: string[]) =>
  z.string().refine((value) => URL.canParse(value) && schemes.includes(new URL(value).protocol.slice(0, -1)), `not a URL with ${schemes.join(' or ')}://`);
/** NATS takes a list of servers, with or without a scheme. */
const natsServers = z.string().transform((value) => value.split(',').map((each) => each.trim())).pipe(
  z.array(z.string().refine((each) => URL.canParse(/^[a-z]+:\/\//.test(each) ? each : `nats://${each}`), 'not a server address')).min(1),
);

/** Addresses and networks, by comma; also the names `loopback`, `linklocal` and `uniquelocal`. */
const networks = z.string().transform((value) => (value === 'none' ? '' : value).split(',').map((each) => each.trim()).filter(Boolean)).pipe(z.array(z.string().refine(isNetwork, 'not an address or a network')));
/** `perSecond` and `burst` of a token bucket. */
const bucket = (env: string, perSecond: number, burst: number, unit: string, meaning: string) => ({
  rate: variable({ env: `${env}_RATE`, schema: count(1, 1_000_000), fallback: `${perSecond}`, unit: `${unit} per second`, meaning: `${meaning}, sustained.` }),
  burst: variable({ env: `${env}_BURST`, schema: count(1, 1_000_000), fallback: `${burst}`, unit, meaning: `${meaning} at once.` }),
});
const SEND = bucket('SEND', 100, 300, 'messages', 'What one user may send');
const READ = bucket('READ', 200, 2_000, 'requests', 'What one user may ask for (lists, history, syncs)');
const JOIN = bucket('JOIN', 200, 2_000, 'rooms', 'What one user may join, or resume after a reconnect');
const SIGNAL = bucket('SIGNAL', 100, 1_000, 'commands', 'What one user may say and ask about presence and typing, at each gateway');
const REPORT = bucket('REPORT', 1, 20, 'reports', 'What one user may report to moderators');
const ROOM = bucket('ROOM', 2_000, 4_000, 'changes', 'What all users together may change in one room');
const ADDRESS_SIGN_IN = bucket('ADDRESS_SIGN_IN', 5, 100, 'guests', 'Guests that may sign in from one network address');
const ADDRESS_CONNECT = bucket('ADDRESS_CONNECT', 50, 500, 'connections', 'Connections that may be opened from one network address');

/** Every variable Parley reads, by the name it has in the code. `apps.ts` says who reads which. */
export const VARIABLES = {
  port: variable({ env: 'PORT', schema: count(0, 65_535), fallback: '8080', unit: 'TCP port', meaning: 'Where HTTP is served: Socket.IO and the web client by a gateway, `/healthz`, `/readyz` and `/metrics` by all. 0 takes a free one.' }),
  host: variable({ env: 'HOST', schema: text, fallback: '0.0.0.0', unit: 'address', meaning: 'The address to listen on.' }),
  dataDir: variable({ env: 'DATA_DIR', schema: text, fallback: './data', unit: 'path', meaning: 'Where everything this process keeps is: the database of standalone, and the generated session key.' }),
  natsUrl: variable({ env: 'NATS_URL', schema: natsServers, fallback: 'nats://127.0.0.1:4222', unit: 'URLs, by comma', secret: true, meaning: 'The NATS servers, with JetStream.' }),
  ownNatsUrl: optional({ env: 'NATS_URL', schema: natsServers, unit: 'URLs, by comma', secret: true, meaning: 'The cluster to ask. Left out together with `DATABASE_URL`: what runs, or last ran, on `DATA_DIR`.' }),
  natsReplicas: variable({ env: 'NATS_REPLICAS', schema: count(1, 5), fallback: '1', unit: 'servers', meaning: 'Copies of the log. Above 1 needs NATS 2.12 or newer, everywhere.' }),
  redisUrl: variable({ env: 'REDIS_URL', schema: url('redis', 'rediss'), fallback: 'redis://127.0.0.1:6379', unit: 'URL', secret: true, meaning: 'Redis, for fan-out between gateways, presence and limits.' }),
  databaseUrl: variable({ env: 'DATABASE_URL', schema: url('postgres', 'postgresql'), fallback: 'postgres://127.0.0.1:5432/parley', unit: 'URL', secret: true, meaning: 'Postgres.' }),
  ownDatabaseUrl: optional({ env: 'DATABASE_URL', schema: url('postgres', 'postgresql'), unit: 'URL', secret: true, meaning: 'Another Postgres instead of the embedded one; in ops, the one to look at.' }),
  sessionKey: optional({ env: 'SESSION_KEY', schema: text.transform((pem) => pem.replaceAll('\\n', '\n')), unit: 'PEM', secret: true, meaning: 'The P-256 keys of sessions, the same on every gateway: the first is private and signs, all verify. Comes before `SESSION_KEY_FILE`.' }),
  sessionKeyFile: optional({ env: 'SESSION_KEY_FILE', schema: text, unit: 'path', meaning: 'The file those keys are in, or a folder with a `.pem` each, in the order of their names. Followed without a restart. Left out: `session-key.pem` in `DATA_DIR`, made at the first start.' }),
  sessionTtl: variable({ env: 'SESSION_TTL', schema: count(1, 31_536_000), fallback: '604800', unit: 'seconds', meaning: 'How long a session is good for.' }),
  sessionIssuer: variable({ env: 'SESSION_ISSUER', schema: text, fallback: 'parley', unit: '', meaning: '`iss` of session tokens.' }),
  sessionAudience: variable({ env: 'SESSION_AUDIENCE', schema: text, fallback: 'parley', unit: '', meaning: '`aud` of session tokens.' }),
  issuers: variable({ env: 'ISSUERS', schema: issuersSchema, fallback: '[]', unit: 'JSON', meaning: 'Who else may vouch for users: a list of `{ iss, jwksUrl, audience, algorithms, claims? }`, see [the protocol](protocol.md#tokens).' }),
  origins: variable({ env: 'ORIGINS', schema: origins, fallback: 'self', unit: 'origins, by comma', meaning: 'Web pages of which origins may connect and sign in, such as `https://chat.example.org`; `self` are those of the host that was asked. What sends no `Origin` is no page, and passes.' }),
  httpsOnly: variable({ env: 'HTTPS_ONLY', schema: flag, fallback: 'off', unit: 'on, off', meaning: 'Whether browsers are to come by HTTPS alone from now on (HSTS). A trusted proxy that says `X-Forwarded-Proto: https` has the same said.' }),
  guests: variable({ env: 'GUESTS', schema: flag, fallback: 'off', unit: 'on, off', meaning: 'Whether anyone may sign in with just a name.' }),
  region: variable({ env: 'REGION', schema: label, fallback: 'main', unit: '', meaning: 'The region this process is in.' }),
  nodeName: optional({ env: 'NODE_NAME', schema: name, unit: '', meaning: 'This process in logs and metrics. Left out: the host name and process id.' }),
  logLevel: variable({ env: 'LOG_LEVEL', schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']), fallback: 'info', unit: 'trace … fatal, silent', meaning: 'The least severe line that is logged.' }),
  sendRate: SEND.rate,
  sendBurst: SEND.burst,
  readRate: READ.rate,
  readBurst: READ.burst,
  joinRate: JOIN.rate,
  joinBurst: JOIN.burst,
  signalRate: SIGNAL.rate,
  signalBurst: SIGNAL.burst,
  reportRate: REPORT.rate,
  reportBurst: REPORT.burst,
  roomRate: ROOM.rate,
  roomBurst: ROOM.burst,
  addressSignInRate: ADDRESS_SIGN_IN.rate,
  addressSignInBurst: ADDRESS_SIGN_IN.burst,
  addressConnectRate: ADDRESS_CONNECT.rate,
  addressConnectBurst: ADDRESS_CONNECT.burst,
  addressSockets: variable({ env: 'ADDRESS_SOCKETS', schema: count(1, 1_000_000), fallback: '1000', unit: 'connections', meaning: 'Open connections from one network address, at each gateway.' }),
  userSockets: variable({ env: 'USER_SOCKETS', schema: count(1, 1_000_000), fallback: '50', unit: 'connections', meaning: 'Open connections of one user, at each process of a gateway. One more is refused `rate_limited`.' }),
  socketRooms: variable({ env: 'SOCKET_ROOMS', schema: count(1, 100_000), fallback: '2000', unit: 'rooms', meaning: 'Rooms that one connection listens to. One more is refused `limit_reached`.' }),
  addressExempt: variable({ env: 'ADDRESS_EXEMPT', schema: networks, fallback: 'loopback', unit: 'networks, by comma', meaning: 'Addresses and networks (CIDR) that no limit per address counts; `none` for none. `loopback`, `linklocal` and `uniquelocal` stand for theirs.' }),
  trustedProxies: variable({ env: 'TRUSTED_PROXIES', schema: networks, fallback: 'none', unit: 'networks, by comma', meaning: 'Proxies whose `X-Forwarded-For` is believed, written as above. From anybody else it means nothing.' }),
  acceptRate: variable({ env: 'ACCEPT_RATE', schema: count(1, 100_000), fallback: '1000', unit: 'connections per second', meaning: 'How fast one gateway lets clients in. More wait their turn for up to five seconds, and what would wait longer is told to come again.' }),
  handshakes: variable({ env: 'HANDSHAKES', schema: count(1, 1_000_000), fallback: '10000', unit: 'connections', meaning: 'Connections at one gateway that have not signed in yet. More are refused, and each is closed after ten seconds.' }),
  webDist: optional({ env: 'WEB_DIST', schema: text, unit: 'path', meaning: 'The built web client to serve. Left out: the one built in this checkout.' }),
  shutdownTimeout: variable({ env: 'SHUTDOWN_TIMEOUT', schema: count(0, 3_600), fallback: '25', unit: 'seconds', meaning: 'After a SIGTERM, how long before the process leaves with work unfinished.' }),
  workers: variable({ env: 'WORKERS', schema: workers, fallback: '1', unit: 'processes', meaning: 'Processes of one gateway, behind its one port. `auto` or 0: one a core. `--workers` comes before it.' }),
  leaveNotice: variable({ env: 'LEAVE_NOTICE', schema: count(0, 60), fallback: '2', unit: 'seconds', meaning: 'After a SIGTERM, how long a gateway serves on, unready, before it tells its clients to move: longer than the proxy needs to notice.' }),
  leaveRate: variable({ env: 'LEAVE_RATE', schema: count(1, 100_000), fallback: '200', unit: 'clients per second', meaning: 'How fast a leaving gateway sends its clients to the others; faster only if `SHUTDOWN_TIMEOUT` would not do.' }),
  reportAt: variable({ env: 'REPORT_AT', schema: count(1, 1_000), fallback: '50', unit: 'points', meaning: 'Suspicion from which a message is put into the queue.' }),
  hideAt: variable({ env: 'HIDE_AT', schema: count(1, 1_000), fallback: '100', unit: 'points', meaning: 'Suspicion from which a message is hidden, and put into the queue.' }),
  similarPoints: variable({ env: 'SIMILAR_POINTS', schema: count(0, 1_000), fallback: '50', unit: 'points', meaning: 'Suspicion of what is said nearly alike by several, or in several rooms, within a minute. 0: none. From `HIDE_AT` on, raids are hidden.' }),
  checkers: variable({ env: 'CHECKERS', schema: checkersSchema, fallback: '[]', unit: 'JSON', secret: true, meaning: 'Outside checkers that are asked about each message: `[{"name":"…","url":"https://…","secret":"…","timeoutMs":1000,"weight":100,"onAway":"pass","concurrency":16}]`; all but the first three may be left out.' }),
  moderators: variable({ env: 'MODERATION', schema: count(0, 64), fallback: '1', unit: 'processes', meaning: 'Moderation workers that `npm run cluster` starts; `--moderation` comes before it.' }),
  gateways: variable({ env: 'GATEWAYS', schema: count(1, 64), fallback: '2', unit: 'processes', meaning: 'Gateways that `npm run cluster` starts; `--gateways` comes before it.' }),
} as const;

export type VariableName = keyof typeof VARIABLES;
export type ValueOf<N extends VariableName> = (typeof VARIABLES)[N] extends Variable<infer T> ? T : never;

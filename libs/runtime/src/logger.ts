import { hostname } from 'node:os';
import { destination, pino, type Logger, type LoggerOptions } from 'pino';
import { pinoPretty } from './pretty.ts';

export type { Logger } from 'pino';

/** Fields that are never written, wherever in the first two levels they stand. */
const SECRET_FIELDS = ['token', 'authorization', 'cookie', 'password', 'secret', 'sessionKey', 'auth'];

const SECRETS: [RegExp, string][] = [
  // A JWT: three parts of base64url, the first of which begins as `{"` does.
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, '[token]'],
  // The credentials in a URL, which drivers like to put into their errors.
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@"]+@/gi, '$1[redacted]@'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g, '[private key]'],
];

/** `text` without tokens, credentials in URLs and private keys. */
export const redact = (text: string): string => SECRETS.reduce((clean, [pattern, by]) => clean.replace(pattern, by), text);

export type LoggerSettings = { app: string; level?: string; node?: string | undefined };
export const nodeNameOf = (configured?: string): string => configured ?? `${hostname()}-${process.pid}`;

/** One JSON object a line on stdout; readable lines on a terminal in development. Written synchronously, so that the last words before an exit are not lost. */
export const createLogger = ({ app, level = 'info', node }: LoggerSettings, out?: { write(line: string): void }): Logger => {
  const options: LoggerOptions = {
    level,
    base: { app, node: nodeNameOf(node) },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: '[redacted]' },
    hooks: { streamWrite: redact },
  };
  if (out) return pino(options, out);
  const pretty = process.stdout.isTTY && process.env['NODE_ENV'] !== 'production';
  return pino(options, pretty ? pinoPretty() : destination({ dest: 1, sync: true }));
};

export const silentLogger = (): Logger => pino({ level: 'silent' });

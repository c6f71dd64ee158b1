import type { IncomingMessage } from 'node:http';
import type { Addresses } from '../limits/addresses.ts';

/** Pages of the very host that was asked. */
const SELF = 'self';

export type Origins = {
  /** Whether a web page asks that may not. What sends no `Origin` is no page. */
  areForeignTo(request: IncomingMessage): boolean;
  /** What lets the page of another origin, if it may ask, read the answer. */
  corsOf(request: IncomingMessage): Record<string, string>;
};

const PREFLIGHT_SECONDS = 600;
/** What a page is told that asks whether it may ask. */
export const PREFLIGHT = {
  'access-control-allow-methods': 'GET, POST', 'access-control-allow-headers': 'content-type', 'access-control-max-age': `${PREFLIGHT_SECONDS}`,
};

const firstOf = (header: string | string[] | undefined): string | undefined => (Array.isArray(header) ? header[0] : header)?.split(',', 1)[0]?.trim();

/** The host that the page's address would have to have. A proxy may have asked us by another name. */
const hostOf = (request: IncomingMessage, isTrusted: boolean): string | undefined =>
  ((isTrusted ? firstOf(request.headers['x-forwarded-host']) : undefined) ?? request.headers.host)?.toLowerCase();

/** `null`: it is not written as browsers write the origin of a page that came by HTTP. */
const hostOfOrigin = (origin: string): string | null => {
  const url = /^https?:/.test(origin) && URL.canParse(origin) ? new URL(origin) : null;
  return url?.origin === origin ? url.host : null;
};

export const createOrigins = ({ origins, addresses }: { origins: readonly string[]; addresses: Addresses }): Origins => {
  const allowed = new Set(origins.filter((origin) => origin !== SELF));
  const allowsSelf = origins.includes(SELF);
  /** Sandboxed pages and those of files call themselves `null`, which is nobody's host. */
  const isOurs = (origin: string, request: IncomingMessage): boolean =>
    allowed.has(origin) || (allowsSelf && hostOfOrigin(origin) === (hostOf(request, addresses.isProxied(request)) ?? ''));
  return {
    areForeignTo: (request) => {
      const { origin } = request.headers;
      return origin !== undefined && !isOurs(origin, request);
    },
    corsOf: (request) => {
      const { origin } = request.headers;
      // Caches must not give one origin's answer to another.
      if (origin === undefined || !isOurs(origin, request)) return { vary: 'Origin' };
      // With credentials, for the proxy's cookie that keeps a long-polling session on its gateway. We have none.
      return { vary: 'Origin', 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' };
    },
  };
};

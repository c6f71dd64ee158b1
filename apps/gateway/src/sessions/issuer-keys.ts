import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from 'jose';
import { ProtocolError } from '@parley/protocol';

export type IssuerKeysTimes = {
  /** Keys older than this are asked for again, milliseconds: so long a key that the issuer has taken out is still good. */
  freshMs: number;
  /** Keys as old as this are good for nothing, if the issuer is away for so long. */
  staleMs: number;
  /** Between two questions for a `kid` that the issuer did not have. */
  unknownKidMs: number;
  /** After an issuer did not answer, before it is asked again. */
  retryMs: number;
  timeoutMs: number;
};
export const DEFAULT_TIMES: IssuerKeysTimes = { freshMs: 600_000, staleMs: 86_400_000, unknownKidMs: 30_000, retryMs: 5_000, timeoutMs: 3_000 };

/** A set of some hundred keys. */
const MAX_BYTES = 256 * 1024;
/** When who came while an issuer was away may come again, milliseconds. */
const AWAY_RETRY_MS = 5_000;

const readBounded = async (response: Response): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new Error(`the issuer's keys are over ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** What the set of keys says about one token: there is no such key. Anything else is trouble with the set. */
const isAboutToken = (error: unknown): boolean => error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys || error instanceof errors.JOSENotSupported;

export type IssuerKeysOptions = { jwksUrl: string; times?: Partial<IssuerKeysTimes>; onAway: (error: unknown) => void };

/**
 * The keys of an issuer, by its URL, which is the only place they are ever taken from. Those at hand serve while it is away.
 * Throws jose's errors for a token that none of them fits, `unavailable` where that cannot be told now.
 */
export const createIssuerKeys = ({ jwksUrl, times = {}, onAway }: IssuerKeysOptions): JWTVerifyGetKey => {
  const { freshMs, staleMs, unknownKidMs, retryMs, timeoutMs } = { ...DEFAULT_TIMES, ...times };
  let readAt = Number.NEGATIVE_INFINITY;
  let failedAt = Number.NEGATIVE_INFINITY;
  const age = (since: number): number => performance.now() - since;

  /** jose asks for no redirects, and one at a time. */
  const ask = async (url: string, init: RequestInit): Promise<Response> => {
    if (age(failedAt) < retryMs) throw new Error('the issuer was away a moment ago');
    try {
      const response = await fetch(url, init);
      if (response.status !== 200) {
        await response.body?.cancel();
        throw new Error(`the issuer answered ${response.status}`);
      }
      const text = await readBounded(response);
      JSON.parse(text);
      readAt = performance.now();
      return new Response(text);
    } catch (error) {
      failedAt = performance.now();
      onAway(error);
      throw error;
    }
  };
  const remote = createRemoteJWKSet(new URL(jwksUrl), { cacheMaxAge: Number.POSITIVE_INFINITY, cooldownDuration: unknownKidMs, timeoutDuration: timeoutMs, [customFetch]: ask });
  const away = (cause: unknown): ProtocolError => new ProtocolError('unavailable', 'the issuer of the token cannot be asked for its keys', { retryAfterMs: AWAY_RETRY_MS, cause });

  return async (header, token) => {
    if (age(readAt) > freshMs) {
      try {
        await remote.reload();
      } catch (error) {
        if (age(readAt) > staleMs) throw away(error);
      }
    }
    try {
      return await remote(header, token);
    } catch (error) {
      throw isAboutToken(error) ? error : away(error);
    }
  };
};

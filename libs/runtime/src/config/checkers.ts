import { z } from 'zod';

/** An outside checker: asked over HTTP about each message once it is said. */
export type CheckerConfig = {
  /** In metrics, logs and remarks. */
  name: string;
  url: string;
  /** Signs what is asked. */
  secret: string;
  /** For one answer, all of it. */
  timeoutMs: number;
  /** Points of an answer of 1: as `REPORT_AT` and `HIDE_AT` count them. */
  weight: number;
  /** While it does not answer: let through, or hide until it does. */
  onAway: 'pass' | 'hold';
  /** Messages asked about at once. */
  concurrency: number;
};

const MOST = 8;
const SHORTEST_SECRET = 16;

const checkerSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/, 'name: not lower-case letters, digits and dashes'),
  url: z.string().refine((value) => {
    if (!URL.canParse(value)) return false;
    const { protocol, username, password } = new URL(value);
    return (protocol === 'http:' || protocol === 'https:') && username === '' && password === '';
  }, 'url: not a URL with http:// or https://, without credentials'),
  secret: z.string().min(SHORTEST_SECRET, `secret: shorter than ${SHORTEST_SECRET} characters`).max(1_024),
  timeoutMs: z.number().int().min(50).max(30_000).default(1_000),
  weight: z.number().int().min(1).max(1_000).default(100),
  onAway: z.enum(['pass', 'hold']).default('pass'),
  concurrency: z.number().int().min(1).max(256).default(16),
});

const parseJson = (text: string, context: z.RefinementCtx): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'not JSON' });
    return z.NEVER;
  }
};

/** `CHECKERS`: a JSON list. Its errors name what is wrong, never a value. */
export const checkersSchema: z.ZodType<CheckerConfig[], string> = z.string().transform(parseJson).pipe(
  z.array(checkerSchema).max(MOST, `more than ${MOST}`).refine((list) => new Set(list.map(({ name }) => name)).size === list.length, 'two have the same name'),
);

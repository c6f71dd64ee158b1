import { z } from 'zod';

/** Asymmetric alone: with HMAC the issuer's secret would have to be ours, and its public key could be taken for one. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
const isSafe = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  return username === '' && password === '' && (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname)));
};

const MAX_ISSUERS = 16;
const text = z.string().min(1).max(2_048);
const list = <T extends z.ZodType>(item: T) => z.array(item).min(1).max(ALGORITHMS.length);

const issuerSchema = z.strictObject({
  iss: text,
  jwksUrl: text.refine(isSafe, 'jwksUrl is not an https:// URL (http:// only of loopback)'),
  audience: z.union([text.transform((one) => [one]), list(text)], 'audience is not a text or a list of texts'),
  algorithms: list(z.enum(ALGORITHMS, `algorithms are not of ${ALGORITHMS.join(', ')}`)),
  claims: z.strictObject({ name: text.default('name'), device: text.optional() }).default({ name: 'name' }),
});
export type IssuerSettings = z.output<typeof issuerSchema>;

/** Zod's own messages may tell of keys, which are not secret, and of values only where they name what was expected. */
export const issuersSchema: z.ZodType<IssuerSettings[], string> = z.string()
  .transform((given, context): unknown => {
    try {
      return JSON.parse(given);
    } catch {
      context.addIssue({ code: 'custom', message: 'not JSON' });
      return z.NEVER;
    }
  })
  .pipe(z.array(issuerSchema, 'not a list of issuers').max(MAX_ISSUERS)
    .refine((issuers) => new Set(issuers.map(({ iss }) => iss)).size === issuers.length, 'an iss is there twice'));

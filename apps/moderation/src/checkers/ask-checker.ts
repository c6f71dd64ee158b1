import type { CheckerConfig } from '@parley/runtime';
import type { Said } from '../said.ts';
import { CheckerError } from './checker-error.ts';
import { ANSWER_BYTES, answerSchema, questionOf, type CheckerAnswer } from './exchange.ts';
import { sign, SIGNATURE_HEADER, TIMESTAMP_HEADER } from './sign.ts';

const readBounded = async (response: Response): Promise<string> => {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.byteLength;
    // Leaving the loop cancels the rest.
    if (bytes > ANSWER_BYTES) throw new CheckerError('bad_answer', `more than ${ANSWER_BYTES} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
};

const parse = (text: string): CheckerAnswer => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new CheckerError('bad_answer', 'not JSON', { cause: error });
  }
  const parsed = answerSchema.safeParse(json);
  if (!parsed.success) throw new CheckerError('bad_answer', parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
  return parsed.data;
};

/** One question over HTTP, signed. Throws {@link CheckerError}. */
export const askChecker = async ({ url, secret, timeoutMs }: CheckerConfig, said: Said, stop: AbortSignal): Promise<CheckerAnswer> => {
  const body = JSON.stringify(questionOf(said));
  const timestamp = Date.now();
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', [TIMESTAMP_HEADER]: `${timestamp}`, [SIGNATURE_HEADER]: sign(secret, timestamp, body) },
      body,
      // To whoever it redirects, nothing was agreed with.
      redirect: 'manual',
      signal: AbortSignal.any([timeout, stop]),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new CheckerError('refused', `status ${response.status}`);
    }
    return parse(await readBounded(response));
  } catch (error) {
    if (error instanceof CheckerError) throw error;
    throw timeout.aborted ? new CheckerError('timeout', `no answer within ${timeoutMs} ms`) : new CheckerError('unreachable', 'no answer', { cause: error });
  }
};

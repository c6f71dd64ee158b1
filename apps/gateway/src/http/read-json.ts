import type { IncomingMessage } from 'node:http';
import { ProtocolError } from '@parley/protocol';

const MAX_BODY_BYTES = 4 * 1024;

const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) throw new ProtocolError('too_large', `the body is over ${MAX_BODY_BYTES} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    throw new ProtocolError('bad_request', 'the body ended too early', { cause: error });
  }
  return Buffer.concat(chunks);
};

/** The JSON body of a request, of at most 4 KiB. Throws `bad_request` and `too_large`. */
export const readJson = async (request: IncomingMessage): Promise<unknown> => {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  // Also what keeps another site's plain form from posting here.
  if (type !== 'application/json') throw new ProtocolError('bad_request', 'the content type must be application/json');
  const body = await readBody(request);
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (error) {
    throw new ProtocolError('bad_request', 'the body is not JSON', { cause: error });
  }
};

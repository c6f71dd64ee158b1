import { createHmac } from 'node:crypto';

export const TIMESTAMP_HEADER = 'parley-timestamp';
export const SIGNATURE_HEADER = 'parley-signature';

/** `v1=` and the hex HMAC-SHA256 of `<timestamp>.<body>`. The timestamp, milliseconds since 1970, is signed too: what is old can be refused. */
export const sign = (secret: string, timestamp: number, body: string): string => `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;

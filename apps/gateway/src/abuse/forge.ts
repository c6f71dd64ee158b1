import { createHmac, sign as cryptoSign, type KeyObject } from 'node:crypto';

export const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token with any header and any claims, which no library would sign. */
export const forge = (header: object, claims: object, key: KeyObject): string => {
  const head = `${base64(header)}.${base64(claims)}`;
  const signature = cryptoSign('sha256', Buffer.from(head), key.asymmetricKeyType === 'ec' ? { key, dsaEncoding: 'ieee-p1363' } : key);
  return `${head}.${signature.toString('base64url')}`;
};

export const forgeHmac = (header: object, claims: object, secret: string | Buffer): string => {
  const head = `${base64(header)}.${base64(claims)}`;
  return `${head}.${createHmac('sha256', secret).update(head).digest('base64url')}`;
};

export const nowSeconds = (): number => Math.floor(Date.now() / 1000);

const encoder = new TextEncoder();

/** Bytes of UTF-8, as the server counts them. */
export const byteLength = (text: string): number => encoder.encode(text).length;

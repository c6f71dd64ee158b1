/** What one answer may weigh: half of what NATS carries in one message. */
export const ANSWER_BYTES = 512 * 1024;

/** As many of `items`, from the first, as together weigh at most `maxBytes` of JSON; never none where there is one. */
export const cutByBytes = <T>(items: readonly T[], maxBytes = ANSWER_BYTES): T[] => {
  const taken: T[] = [];
  let bytes = 0;
  for (const item of items) {
    bytes += Buffer.byteLength(JSON.stringify(item)) + 1;
    if (bytes > maxBytes && taken.length > 0) break;
    taken.push(item);
  }
  return taken;
};

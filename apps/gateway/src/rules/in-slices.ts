/** How long others wait at most for a turn, besides what one step takes. */
const SLICE_MS = 5;

/** Does a long work a little at a time, so that what comes in meanwhile is answered. */
export const inSlices = async <T>(work: Generator<undefined, T>): Promise<T> => {
  for (;;) {
    const until = performance.now() + SLICE_MS;
    while (performance.now() < until) {
      const { done, value } = work.next();
      if (done) return value;
    }
    await new Promise((resolve) => { setImmediate(resolve); });
  }
};

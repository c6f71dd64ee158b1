/** Does all of it at once. For tests, and for those who have nothing else to do. */
export const finish = <T>(work: Generator<undefined, T>): T => {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
};

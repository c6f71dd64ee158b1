/** Least time between two runs, ms: a burst of events is drawn a few times, not once per event. */
const PAUSE_MS = 40;

/** Runs at the end of the present task, but at most once in {@link PAUSE_MS}; the last call is never lost. */
export const coalesce = (run: () => void): (() => void) => {
  let due = false;
  let last = -Infinity;
  const now = () => {
    due = false;
    last = performance.now();
    run();
  };
  return () => {
    if (due) return;
    due = true;
    const wait = last + PAUSE_MS - performance.now();
    if (wait <= 0) queueMicrotask(now);
    else setTimeout(now, wait);
  };
};

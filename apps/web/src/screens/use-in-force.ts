import { useEffect, useState } from 'react';

/** A timer holds 24.8 days at most. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Whether what holds `until` then (`null`: for good) still does. */
export const useInForce = (until: number | null): boolean => {
  const [now, setNow] = useState(() => Date.now());
  const leftMs = until === null ? Infinity : until - now;
  useEffect(() => {
    if (leftMs <= 0 || leftMs === Infinity) return;
    const timer = setTimeout(() => setNow(Date.now()), Math.min(leftMs, LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  }, [leftMs]);
  return leftMs > 0;
};

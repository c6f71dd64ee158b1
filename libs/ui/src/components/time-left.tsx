import { useEffect, useState } from 'react';
import { timeLeftText, timeLeftTick } from '../text/duration.ts';

/** What is left until then, counting by itself. */
export const useTimeLeft = (until: number): string => {
  const [now, setNow] = useState(() => Date.now());
  const leftMs = until - now;
  const tickMs = timeLeftTick(leftMs);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), tickMs);
    return () => clearInterval(timer);
  }, [tickMs]);
  return timeLeftText(leftMs);
};

/** Not for screen readers, which would say each second: the end stands beside it. */
export const TimeLeft = ({ until, text }: { until: number; text: (left: string) => string }) => <span aria-hidden="true">{text(useTimeLeft(until))}</span>;

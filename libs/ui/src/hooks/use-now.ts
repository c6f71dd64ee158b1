import { useEffect, useState } from 'react';

/** The present, every `periodMs`: what is told of it changes while a page stays open. */
export const useNow = (periodMs: number): number => {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), periodMs);
    return () => clearInterval(timer);
  }, [periodMs]);
  return now;
};

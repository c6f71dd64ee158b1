import { useCallback, useEffect, useRef, useState } from 'react';
import { useStrings, type Loadable } from '@parley/ui';
import { errorText } from '../state/error-text.ts';

type Page<T, C> = { items: T[]; next: C | null };

/**
 * A list read a page at a time: the first at once, another with each `more`. `read` must be stable; a new one starts anew.
 * What comes back for an old one is thrown away.
 */
export const usePages = <T, C>(read: (after: C | null) => Promise<Page<T, C>>): { list: Loadable<T>; more: () => void } => {
  const strings = useStrings();
  const [list, setList] = useState<Loadable<T>>({ state: 'loading', items: [] });
  const place = useRef<{ items: readonly T[]; next: C | null; run: number }>({ items: [], next: null, run: 0 });

  const more = useCallback(() => {
    const { current } = place;
    current.run += 1;
    const { run } = current;
    setList({ state: 'loading', items: current.items });
    const load = async () => {
      try {
        const page = await read(current.next);
        if (run !== current.run) return;
        current.items = [...current.items, ...page.items];
        current.next = page.next;
        setList({ state: 'ready', items: current.items, more: page.next !== null });
      } catch (error) {
        if (run === current.run) setList({ state: 'failed', items: current.items, message: errorText(error, strings) });
      }
    };
    void load();
  }, [read, strings]);

  useEffect(() => {
    const { current } = place;
    current.items = [];
    current.next = null;
    more();
    return () => {
      current.run += 1;
    };
  }, [more]);

  return { list, more };
};

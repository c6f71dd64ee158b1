import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import type { RoomModel } from '../state/room-model.ts';

const subscribeVisible = (listener: () => void): (() => void) => {
  document.addEventListener('visibilitychange', listener);
  return () => document.removeEventListener('visibilitychange', listener);
};

/**
 * What counts as read: the end of the list, on a page one can see. `firstUnreadKey` is as it was when the room was
 * opened, or when the page was hidden last; undefined until the room is loaded.
 */
export const useReading = (model: RoomModel): { firstUnreadKey: string | null | undefined; onAtEnd: (atEnd: boolean) => void } => {
  const visible = useSyncExternalStore(subscribeVisible, () => document.visibilityState === 'visible');
  const [atEnd, setAtEnd] = useState(false);
  const [firstUnreadKey, setFirstUnreadKey] = useState<string | null | undefined>(() => (model.snapshot.get().state === 'ready' ? model.firstUnreadKey : undefined));

  useEffect(() => {
    if (!visible) return;
    // A room may still be loading when it is opened: then its mark is known once it is there.
    let marked = false;
    const mark = () => {
      if (marked || model.snapshot.get().state !== 'ready') return;
      marked = true;
      setFirstUnreadKey(model.firstUnreadKey);
    };
    mark();
    return model.snapshot.subscribe(mark);
  }, [model, visible]);

  useEffect(() => {
    if (!atEnd || !visible) return;
    const read = () => model.markRead();
    read();
    return model.snapshot.subscribe(read);
  }, [model, atEnd, visible]);

  return { firstUnreadKey, onAtEnd: useCallback((end) => setAtEnd(end), []) };
};

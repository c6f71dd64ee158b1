import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { RoomModel, RoomSnapshot } from '../state/room-model.ts';

const subscribeVisible = (listener: () => void): (() => void) => {
  document.addEventListener('visibilitychange', listener);
  return () => document.removeEventListener('visibilitychange', listener);
};

/** What counts as read: the end of the list, on a page one can see. The unread mark stays where it was when the room was opened. */
export const useReading = (model: RoomModel, room: RoomSnapshot): { firstUnreadKey: string | null; onAtEnd: (atEnd: boolean) => void } => {
  const ready = room.state === 'ready';
  const visible = useSyncExternalStore(subscribeVisible, () => document.visibilityState === 'visible');
  const [atEnd, setAtEnd] = useState(false);
  const [firstUnreadKey, setFirstUnreadKey] = useState<string | null>(() => (ready ? model.firstUnreadKey : null));
  const marked = useRef(ready);

  useEffect(() => {
    if (!ready) return;
    // A room that was still loading when it was opened.
    if (!marked.current) setFirstUnreadKey(model.firstUnreadKey);
    marked.current = true;
    if (atEnd && visible) model.markRead();
  }, [model, ready, atEnd, visible, room.items]);

  // What came while the page was hidden is new when one returns.
  useEffect(() => {
    if (!visible) return () => setFirstUnreadKey(model.firstUnreadKey);
  }, [model, visible]);

  return { firstUnreadKey, onAtEnd: useCallback((end) => setAtEnd(end), []) };
};

import { useEffect, useRef, useState } from 'react';

const KEY = 'parley.single-keys';

/** Whether a single letter does something, as this browser's reader wishes. */
export const useSingleKeys = (): [boolean, (on: boolean) => void] => {
  const [on, setOn] = useState(() => localStorage.getItem(KEY) !== 'off');
  return [on, (next) => {
    localStorage.setItem(KEY, next ? 'on' : 'off');
    setOn(next);
  }];
};

const takesText = (target: EventTarget | null): boolean => target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable="true"]') !== null;

/** Keys of the console, wherever the focus is: not while a dialog is open, and not in a field. Single characters only where they are wished for. */
export const useKeys = (keys: Readonly<Record<string, () => void>>, singleKeys: boolean): void => {
  const latest = useRef({ keys, singleKeys });
  useEffect(() => {
    latest.current = { keys, singleKeys };
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || takesText(event.target)) return;
      if (event.key.length === 1 && !latest.current.singleKeys) return;
      if (document.querySelector('dialog[open]')) return;
      const act = Object.hasOwn(latest.current.keys, event.key) ? latest.current.keys[event.key] : undefined;
      if (!act) return;
      event.preventDefault();
      act();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
};

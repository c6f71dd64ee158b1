import type { Activity } from '@parley/protocol';

/** The page as far as it tells whether somebody is at it. */
export type ActivityPage = { window: EventTarget; document: EventTarget & { readonly visibilityState: DocumentVisibilityState } };

export type ActivityTimings = {
  /** Without input for as long as this one is away, ms. */
  idleMs: number;
  /** So too while the page is hidden, ms: somebody who looks at another tab for a moment is still there. */
  hiddenMs: number;
};

export const ACTIVITY_TIMINGS: ActivityTimings = { idleMs: 5 * 60_000, hiddenMs: 60_000 };

const INPUT = ['pointerdown', 'pointermove', 'wheel', 'keydown', 'touchstart', 'focus'] as const;
/** Input within this time of the last is not looked at, ms: a pointer moves hundreds of times a second. */
const QUIET_MS = 1_000;

/** Tells whenever somebody comes back to this page, or has been away for a while. Answers how to stop. */
export const watchActivity = (told: (activity: Activity) => void, { window, document }: ActivityPage, timings: ActivityTimings = ACTIVITY_TIMINGS): (() => void) => {
  let activity: Activity = 'online';
  let timer: ReturnType<typeof setTimeout>;
  let quietUntil = -Infinity;
  const set = (next: Activity) => {
    if (next === activity) return;
    activity = next;
    told(next);
  };
  const awayAfter = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => set('away'), ms);
  };
  const onInput = () => {
    if (activity === 'online' && performance.now() < quietUntil) return;
    quietUntil = performance.now() + QUIET_MS;
    set('online');
    awayAfter(timings.idleMs);
  };
  const onVisibility = () => {
    if (document.visibilityState === 'visible') {
      quietUntil = -Infinity;
      onInput();
    } else awayAfter(timings.hiddenMs);
  };
  for (const name of INPUT) window.addEventListener(name, onInput, { capture: true, passive: true });
  document.addEventListener('visibilitychange', onVisibility);
  onVisibility();
  return () => {
    clearTimeout(timer);
    for (const name of INPUT) window.removeEventListener(name, onInput, { capture: true });
    document.removeEventListener('visibilitychange', onVisibility);
  };
};

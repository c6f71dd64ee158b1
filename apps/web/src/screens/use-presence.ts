import { useCallback, useEffect, useRef } from 'react';
import type { PresenceSnapshot } from '@parley/chat-client';
import type { UserId } from '@parley/protocol';
import type { RoomModel } from '../state/room-model.ts';
import type { PresenceWindow } from '../state/room-watch.ts';
import { useStore } from '../state/store.ts';

/** Who is there in the room, which is watched meanwhile; `shown`: somebody to name. */
export const usePresence = (model: RoomModel, shown?: UserId): PresenceSnapshot => {
  useEffect(() => {
    const window = model.watch.open(shown === undefined ? [] : [shown]);
    return () => window.close();
  }, [model, shown]);
  return useStore(model.watch.snapshot);
};

/** Scrolling moves the window no more often than this, ms. */
const MOVE_MS = 300;

/** For a list of members: call it with those in sight, and who of them is there becomes known. */
export const usePresenceWindow = (model: RoomModel): ((visible: readonly UserId[]) => void) => {
  const move = useRef<(visible: readonly UserId[]) => void>(() => {});
  // Layout comes before: what the list tells as it is first drawn must find the window open.
  const latest = useRef<readonly UserId[]>([]);
  useEffect(() => {
    const window: PresenceWindow = model.watch.open(latest.current);
    let timer: ReturnType<typeof setTimeout> | undefined;
    move.current = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        window.show(latest.current);
      }, MOVE_MS);
    };
    return () => {
      clearTimeout(timer);
      move.current = () => {};
      window.close();
    };
  }, [model]);
  return useCallback((visible) => {
    latest.current = visible;
    move.current(visible);
  }, []);
};

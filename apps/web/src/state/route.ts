import { roomIdSchema, type RoomId } from '@parley/protocol';
import { useSyncExternalStore } from 'react';

/** Where one is stands in the address behind `#`, so that back, reload and links work with any server of files. */
export const roomHref = (id: RoomId): string => `#/rooms/${id}`;
export const HOME_HREF = '#/';

export const roomOfHash = (hash: string): RoomId | null => {
  const id = roomIdSchema.safeParse(/^#\/rooms\/([^/]+)$/.exec(hash)?.[1]);
  return id.success ? id.data : null;
};

export const goTo = (href: string): void => {
  window.location.hash = href;
};

const subscribe = (listener: () => void): (() => void) => {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
};

export const useRoute = (): RoomId | null => roomOfHash(useSyncExternalStore(subscribe, () => window.location.hash));

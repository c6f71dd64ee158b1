import { caseIdSchema, roomIdSchema, type CaseId, type RoomId } from '@parley/protocol';
import { useMemo, useSyncExternalStore } from 'react';

/** Where one is stands in the address behind `#`, so that back, reload and links work with any server of files. */
export const roomHref = (id: RoomId): string => `#/rooms/${id}`;
export const HOME_HREF = '#/';

export const MODERATION_HREF = '#/moderation';
export const caseHref = (id: CaseId): string => `${MODERATION_HREF}/cases/${id}`;
export const sectionHref = (section: ModerationSection): string => (section === 'queue' ? MODERATION_HREF : `${MODERATION_HREF}/${section}`);

export type ModerationSection = 'queue' | 'audit' | 'rules';
export type Route =
  | { at: 'home' }
  | { at: 'room'; roomId: RoomId }
  | { at: 'moderation'; section: ModerationSection; caseId: CaseId | null };

export const routeOfHash = (hash: string): Route => {
  const [, root, first, second, ...more] = hash.split('/');
  if (!hash.startsWith('#/') || more.length > 0) return { at: 'home' };
  const roomId = roomIdSchema.safeParse(first);
  if (root === 'rooms' && roomId.success && second === undefined) return { at: 'room', roomId: roomId.data };
  if (root !== 'moderation') return { at: 'home' };
  const caseId = caseIdSchema.safeParse(second);
  if (first === 'cases' && caseId.success) return { at: 'moderation', section: 'queue', caseId: caseId.data };
  return { at: 'moderation', section: (first === 'audit' || first === 'rules') && second === undefined ? first : 'queue', caseId: null };
};

export const goTo = (href: string): void => {
  window.location.hash = href;
};

const subscribe = (listener: () => void): (() => void) => {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
};

export const useRoute = (): Route => {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  return useMemo(() => routeOfHash(hash), [hash]);
};

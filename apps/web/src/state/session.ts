import { sessionResponseSchema, type SessionResponse } from '@parley/protocol';

const KEY = 'parley.session';

/** The session of this browser, unless it is over. */
export const loadSession = (now = Date.now()): SessionResponse | null => {
  const text = localStorage.getItem(KEY);
  if (text === null) return null;
  try {
    const session = sessionResponseSchema.safeParse(JSON.parse(text));
    if (session.success && session.data.expiresAt > now) return session.data;
  } catch {
    // Not JSON: as good as none.
  }
  clearSession();
  return null;
};

export const saveSession = (session: SessionResponse): void => localStorage.setItem(KEY, JSON.stringify(session));
export const clearSession = (): void => localStorage.removeItem(KEY);

/** Told when another tab signs in or out. */
export const onSessionElsewhere = (listener: () => void): (() => void) => {
  const onStorage = (event: StorageEvent) => {
    if (event.key === KEY || event.key === null) listener();
  };
  window.addEventListener('storage', onStorage);
  return () => window.removeEventListener('storage', onStorage);
};

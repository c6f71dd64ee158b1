import { ChatError } from '@parley/chat-client';
import type { Strings } from '@parley/ui';

/** What to tell a person about a failure: by its code, never by the server's own words. */
export const errorText = (error: unknown, strings: Strings): string => {
  if (!(error instanceof ChatError)) return strings.errors.generic;
  if (error.code === 'offline' || error.code === 'timeout') return strings.errors.offline;
  return strings.errors.codes[error.code] ?? strings.errors.generic;
};

import { ChatError } from '@parley/chat-client';
import { endOf, wordFor, type Strings } from '@parley/ui';

/** What to tell a person about a failure: by its code. The server's own words are shown only where they are a moderator's or a rule's. */
export const errorText = (error: unknown, strings: Strings): string => {
  if (!(error instanceof ChatError)) return strings.errors.generic;
  const { code, sanction } = error;
  const { refused } = strings.moderation;
  if (code === 'offline' || code === 'timeout') return strings.errors.offline;
  if (sanction) return strings.moderation.sanctioned(sanction.kind === 'mute' ? refused.muted : refused.banned, sanction.until === null ? null : endOf(sanction.until, Date.now()), sanction.reason);
  if (code === 'content_refused') return strings.moderation.ruled(refused.content_refused, error.message);
  return wordFor(strings.errors.codes, code) ?? wordFor(refused, code) ?? strings.errors.generic;
};

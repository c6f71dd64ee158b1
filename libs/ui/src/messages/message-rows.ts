import { dayOf } from '../text/clock.ts';
import type { MessageItem } from './message-item.ts';

/** A message and what stands above it. */
export type MessageRow = {
  message: MessageItem;
  /** The first of its day. */
  startsDay: boolean;
  /** Shows its author: the first of several in a row. */
  startsGroup: boolean;
  /** The first the reader has not seen. */
  startsUnread: boolean;
};

/** A silence as long as this begins a new group, ms. */
export const GROUP_GAP_MS = 5 * 60_000;

/**
 * Times are server time and order nothing, so a clock that went back may show an earlier day below a later one: then the
 * day is told again.
 */
export const messageRows = (messages: readonly MessageItem[], firstUnreadKey: string | null | undefined = null): MessageRow[] => {
  const rows: MessageRow[] = [];
  let previous: MessageItem | null = null;
  let previousDay = 0;
  for (const message of messages) {
    const day = dayOf(message.at);
    const startsDay = previous === null || day !== previousDay;
    const startsUnread = message.key === firstUnreadKey;
    const startsGroup = startsDay || startsUnread || previous === null || previous.by !== message.by
      || Math.abs(message.at - previous.at) > GROUP_GAP_MS;
    rows.push({ message, startsDay, startsGroup, startsUnread });
    previous = message;
    previousDay = day;
  }
  return rows;
};

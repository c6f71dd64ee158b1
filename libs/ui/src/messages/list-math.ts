import type { MessageRow } from './message-rows.ts';

const DAY_PX = 36;
const UNREAD_PX = 28;
const GROUP_PX = 34;
const LINE_PX = 22.5;
const FRAME_PX = 4;
const FAILED_PX = 34;
/** Width of an average letter at the size of a message, px. */
const LETTER_PX = 7.6;
const GUTTER_PX = 110;

const textLines = (body: string, columns: number): number => {
  let lines = 0;
  for (const line of body.split('\n')) lines += Math.max(1, Math.ceil(line.length / columns));
  return lines;
};

/** Each page of history has every row estimated anew; what it depends on most seldom changes. */
const known = new WeakMap<MessageRow['message'], { columns: number; lines: number }>();
const linesOf = (message: MessageRow['message'], columns: number): number => {
  const before = known.get(message);
  if (before?.columns === columns) return before.lines;
  const lines = textLines(message.body ?? '', columns);
  known.set(message, { columns, lines });
  return lines;
};

/** How high a row will likely be in a list `width` px wide: the nearer it is, the less the scroll bar jumps when the row is drawn. */
export const estimateRowHeight = (row: MessageRow, width: number): number => {
  const columns = Math.max(10, Math.floor((width - GUTTER_PX) / LETTER_PX));
  return Math.round(
    FRAME_PX + linesOf(row.message, columns) * LINE_PX + (row.startsDay ? DAY_PX : 0) + (row.startsUnread ? UNREAD_PX : 0)
    + (row.startsGroup ? GROUP_PX : 0) + (row.message.state === 'failed' ? FAILED_PX : 0),
  );
};

/** Whether older messages are wanted: the first row drawn is within `ahead` rows of the oldest one at hand. */
export const wantsOlder = (firstDrawn: number | undefined, ahead = 15): boolean => firstDrawn !== undefined && firstDrawn < ahead;

/** How many messages of others stand below the one last seen. */
export const countBelow = (rows: readonly MessageRow[], lastSeenKey: string | null): number => {
  if (lastSeenKey === null) return 0;
  let count = 0;
  for (let index = rows.length - 1; index >= 0; index -= 1) {
    const message = rows[index]?.message;
    if (!message || message.key === lastSeenKey) return count;
    if (!message.mine) count += 1;
  }
  // The one last seen is gone (discarded, or the list was loaded anew): nothing can be said.
  return 0;
};

/** The row the arrow keys lead to. */
export const neighbour = (rows: readonly MessageRow[], key: string | null, step: number): number => {
  const at = key === null ? -1 : rows.findIndex((row) => row.message.key === key);
  if (at < 0) return rows.length - 1;
  return Math.min(rows.length - 1, Math.max(0, at + step));
};

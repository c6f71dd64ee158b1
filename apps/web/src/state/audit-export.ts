import type { AuditEntry } from '@parley/protocol';

/** In the order of the columns. */
const COLUMNS = ['id', 'at', 'act', 'by', 'userId', 'roomId', 'messageId', 'reason', 'detail', 'until'] as const satisfies readonly (keyof AuditEntry)[];

/** A spreadsheet takes these for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r]/;

const cell = (value: string): string => {
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** The latest moment a `Date` can hold, ms. */
const LAST_MOMENT = 8.64e15;
const moment = (at: number | null): string => (at === null ? '' : new Date(Math.min(LAST_MOMENT, Math.max(-LAST_MOMENT, at))).toISOString());

/** RFC 4180, times in ISO 8601; a cell that a spreadsheet would run as a formula begins with an apostrophe. */
export const auditCsv = (entries: readonly AuditEntry[]): string =>
  [COLUMNS.join(','), ...entries.map((entry) => COLUMNS.map((name) => cell(name === 'at' || name === 'until' ? moment(entry[name]) : entry[name] ?? '')).join(','))].map((line) => `${line}\r\n`).join('');

/** As the server told it, one object a line. */
export const auditJson = (entries: readonly AuditEntry[]): string => entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');

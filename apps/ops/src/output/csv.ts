import { printable } from './printable.ts';

/** What a spreadsheet takes for the beginning of a formula, as it is or full-width, also behind blanks. */
const FORMULA = /^\s*[=+\-@|%＝＋－＠]/u;

const cell = (value: string | number | null): string => {
  if (typeof value === 'number') return `${value}`;
  const text = printable(value ?? '');
  return `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
};

/** One line of CSV as RFC 4180 has it, without its line feed. Whatever users wrote stays text in a spreadsheet, and one line. */
export const csvLine = (cells: readonly (string | number | null)[]): string => `${cells.map(cell).join(',')}\r`;

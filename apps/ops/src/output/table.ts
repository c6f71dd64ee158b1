import stringWidth from 'string-width';
import { printable } from './printable.ts';

export type Cell = string | number | null;
export type Column<T> = { title: string; value: (row: T) => Cell; align?: 'right'; /** Columns of the terminal; the rest is cut off. Default 40. */ maxWidth?: number };

const MAX_WIDTH = 40;
const segmenter = new Intl.Segmenter();

const cut = (text: string, width: number): string => {
  if (stringWidth(text) <= width) return text;
  let kept = '';
  for (const { segment } of segmenter.segment(text)) {
    if (stringWidth(kept + segment) > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
};

/** Lines of columns, aligned for people. Whatever stands in a cell is made printable. */
export const tableLines = <T>(columns: readonly Column<T>[], rows: readonly T[]): string[] => {
  const cells = rows.map((row) => columns.map(({ value, maxWidth = MAX_WIDTH }) => cut(printable(String(value(row) ?? '–')), maxWidth)));
  const all = [columns.map(({ title }) => title), ...cells];
  const widths = columns.map((_, n) => Math.max(...all.map((line) => stringWidth(line[n]!))));
  const padded = (text: string, n: number): string => {
    const space = ' '.repeat(widths[n]! - stringWidth(text));
    return columns[n]!.align === 'right' ? space + text : text + space;
  };
  return all.map((line) => line.map(padded).join('  ').trimEnd());
};

import { expect, test } from 'vitest';
import { csvLine } from './csv.ts';

test('a cell is quoted, and its quotes doubled', () => {
  expect(csvLine(['plain', 'a,b', 'say "hi"', '', null, 12])).toBe('"plain","a,b","say ""hi""","","",12\r');
});

test.each([
  '=1+1', '+1', '-1', '@SUM(A1)', ' =1', '\u00a0=1', '=HYPERLINK("http://x","y")', '=cmd|\' /C calc\'!A0', '%0A=1', '|calc', '＝1', '＠x', '－1', '＋1',
])('%s is text in a spreadsheet', (formula) => {
  const line = csvLine([formula]);
  expect(line.startsWith('"\'')).toBe(true);
});

test.each(['\t=1', '\r=1', '\n=1', '"=1', 'a\n=1'])('nothing gets out of its cell, nor out of its line: %j', (text) => {
  const line = csvLine([text, 'next']);
  expect(line.slice(0, -1)).not.toMatch(/[\t\r\n]/);
  // Whatever stands between the first quote and the next single one is one cell.
  expect(/^"((?:[^"]|"")*)","next"\r$/.test(line)).toBe(true);
  expect(line).not.toMatch(/^"[=+\-@]/);
});

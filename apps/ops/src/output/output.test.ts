import { describe, expect, test } from 'vitest';
import { Output } from './output.ts';
import { printable, printableJson } from './printable.ts';
import { tableLines } from './table.ts';
import { bytes, duration } from './words.ts';

/** ANSI colours and titles, a C1 introducer, a new line, a carriage return, a bell, text turned round, hidden text, half an emoji. */
const HOSTILE = ['\u001b[2J\u001b[31mred', '\u001b]0;title\u0007', '\u009b31m', 'a\nb', 'a\rb', '\u202egnp.exe', 'a\u200bb', '\ud83d', '\u2028', '\ufeff', 'tab\there', '\u007f'];
// oxlint-disable-next-line no-control-regex
const DOES_SOMETHING = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]/;

describe('whatever a user may call himself', () => {
  test.each(HOSTILE)('does nothing to a terminal: %j', (name) => {
    expect(printable(name)).not.toMatch(DOES_SOMETHING);
    expect(printableJson({ name })).not.toMatch(DOES_SOMETHING);
    expect(JSON.parse(printableJson({ name })), 'and a machine gets it as it is').toEqual({ name });
    const [, line] = tableLines([{ title: 'NAME', value: (row: string) => row }], [name]);
    expect(line).not.toMatch(DOES_SOMETHING);
  });

  test('is shown as it is where it is only text', () => {
    for (const name of ['Zoë', '李雷', 'Ağaoğlu', '🙂', 'a b', '“x”']) expect(printable(name)).toBe(name);
  });

  test('leaves a command as one line, also in notes and errors', () => {
    const written: string[] = [];
    const out = new Output({ json: false, out: { write: (text) => written.push(text) }, err: { write: (text) => written.push(text) } });
    out.note('a\nb\u001b[31m');
    out.item({}, 'c\nd');
    expect(written).toEqual(['a\\u{a}b\\u{1b}[31m\n', 'c\\u{a}d\n']);
  });
});

test('a table is aligned by what a terminal shows, and cuts off what is too long', () => {
  const lines = tableLines<{ name: string; count: number | null }>(
    [{ title: 'NAME', value: ({ name }) => name, maxWidth: 6 }, { title: 'COUNT', align: 'right', value: ({ count }) => count }, { title: 'END', value: () => 'x' }],
    [{ name: 'Ada', count: 1 }, { name: '李雷', count: 12_345 }, { name: 'Wolfeschlegel', count: null }],
  );
  expect(lines).toEqual(['NAME    COUNT  END', 'Ada         1  x', '李雷    12345  x', 'Wolfe…      –  x']);
});

test('sizes and times are said as people say them', () => {
  expect([0, 999, 61_000, 7_200_000, 200_000_000].map(duration)).toEqual(['0 s', '0 s', '1 min', '2 h', '2 d']);
  expect([0, 1_023, 2_048, 3 * 1_048_576].map(bytes)).toEqual(['0 B', '1023 B', '2.0 KiB', '3.0 MiB']);
});

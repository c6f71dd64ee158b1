import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '@parley/protocol';
import { VARIABLES } from '@parley/runtime';

const root = join(import.meta.dirname, '../../../..');
const text = readFileSync(join(root, 'docs/security.md'), 'utf8');
const defaults = Object.fromEntries(Object.values(VARIABLES).map(({ env, fallback }) => [env, fallback]));

type Row = { limit: string; value: string; file: string; shows: string };
const [, table = ''] = /<!-- limits -->\n([\s\S]*?)\n<!-- \/limits -->/.exec(text) ?? [];
const rows = table.split('\n').slice(2).map((line): Row => {
  const [limit = '', value = '', , shownBy = ''] = line.slice(2, -2).split(' | ');
  const [, file = '', shows = ''] = /^\[[\w.-]+\]\(\.\.\/([^)]+)\) “(.+)”$/.exec(shownBy) ?? [];
  return { limit: limit.replaceAll('`', ''), value, file, shows };
});

describe('docs/security.md', () => {
  it('has every limit of the protocol, with its number', () => {
    const told = Object.fromEntries(rows.filter(({ limit }) => limit in LIMITS).map(({ limit, value }) => [limit, Number(value)]));
    expect(told).toEqual(LIMITS);
  });

  it('has the settings that limit, with their defaults', () => {
    const settings = rows.filter(({ limit }) => /^[A-Z_]+$/.test(limit));
    expect(settings.map(({ limit }) => limit)).toEqual(expect.arrayContaining(Object.keys(defaults).filter((env) => /_RATE$|_SOCKETS$|_ROOMS$|^HANDSHAKES$/.test(env) && env !== 'LEAVE_RATE')));
    for (const { limit, value } of settings) expect(value, limit).toBe(defaults[limit]);
  });

  it.each(rows)('names a test for $limit that is there', ({ file, shows }) => {
    expect(readFileSync(join(root, file), 'utf8')).toContain(shows);
  });

  it('links to what is there', () => {
    const links = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(50);
    expect(links.filter((link) => !existsSync(join(root, 'docs', link)))).toEqual([]);
  });
});

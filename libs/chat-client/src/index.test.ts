import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** Every module that is reached from `entry` by relative imports, with what it imports from elsewhere. */
const importsFrom = (entry: string): Set<string> => {
  const outside = new Set<string>();
  const queue = [new URL(entry, import.meta.url)];
  const seen = new Set<string>();
  for (let url = queue.pop(); url; url = queue.pop()) {
    if (seen.has(url.href)) continue;
    seen.add(url.href);
    for (const [, specifier = ''] of readFileSync(url, 'utf8').matchAll(/^(?:import|export)(?! type)[^;]*? from '([^']+)';$/gm)) {
      if (specifier.startsWith('.')) queue.push(new URL(specifier, url));
      else outside.add(specifier);
    }
  }
  return outside;
};

it('runs in a browser: the main entry reaches nothing of Node, and nothing of the server', () => {
  expect([...importsFrom('./index.ts')].sort()).toEqual(['@parley/protocol', 'idb', 'socket.io-client', 'ulid']);
});

it('has what needs Node in an entry of its own', () => {
  expect([...importsFrom('./node.ts')].sort()).toEqual(['node:fs/promises', 'node:path']);
});

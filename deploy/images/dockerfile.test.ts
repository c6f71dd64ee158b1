import { expect, test } from 'vitest';
import { parseDockerfile, parseDockerignore } from './dockerfile.ts';

test('the last line of .dockerignore that names a file, or a folder it is in, decides', () => {
  const ignores = parseDockerignore('# named\n*\n!apps\n!scripts/build.ts\n**/node_modules\n**/*.test.ts\n');
  expect(['README.md', 'scripts/other.ts', 'apps/x/node_modules/y/z.js', 'apps/x/src/a.test.ts', 'node_modules/y'].filter((path) => !ignores(path))).toEqual([]);
  expect(['apps/x/src/a.ts', 'scripts/build.ts'].filter(ignores)).toEqual([]);
});

test('stages are read with what they begin from, and what is not understood is refused', () => {
  const [one, two] = parseDockerfile('ARG V=1\nFROM node:${V} AS one\nRUN --mount=type=cache,target=/x a && \\\n  b\nFROM one AS two\nCOPY --from=one /a b c/\nENTRYPOINT ["x"]\n');
  expect(one).toEqual({ name: 'one', from: 'node:1', instructions: [{ kind: 'run', command: 'a &&  b' }] });
  expect(two?.instructions).toEqual([{ kind: 'copy', from: 'one', sources: ['/a', 'b'], target: 'c/' }, { kind: 'entrypoint', argv: ['x'] }]);
  for (const line of ['ENTRYPOINT node main.ts', 'ADD a b', 'COPY --chown=1 a b']) expect(() => parseDockerfile(`FROM x AS y\n${line}`), line).toThrow(/understood|JSON/);
});

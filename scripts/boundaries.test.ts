import { describe, expect, it, test } from 'vitest';
import { importsOf, problemOf, problemOfTags, type Package, type Workspace } from './boundaries.ts';

describe('what a source imports is found, however it is written:', () => {
  test.each([
    ['a value', `import { a } from 'node:fs';`],
    ['a type', `import type { A } from 'node:fs';`],
    ['a type beside a value', `import a, { type B } from "node:fs";`],
    ['all of it', `import * as a from 'node:fs'`],
    ['for its effect', `import 'node:fs';`],
    ['after another statement', `start(); import 'node:fs';`],
    ['over several lines', `import {\n  a, // it's one\n  b, /* "two" */\n} from 'node:fs';`],
    ['with attributes', `import a from 'node:fs' with { type: 'json' };`],
    ['handed on', `export { a } from 'node:fs';`],
    ['handed on as types', `export type { A } from 'node:fs';`],
    ['handed on whole', `export * as a from 'node:fs';`],
    ['handed on over several lines', `export {\n  a,\n  b,\n} from 'node:fs';`],
    ['dynamically', `const a = await import('node:fs');`],
    ['dynamically, with attributes', `await import(\n  'node:fs', { with: { type: 'json' } });`],
    ['as a type in place', `let a: import('node:fs').A;`],
    ['resolved only', `import.meta.resolve('node:fs')`],
    ['without a space', `import{a}from'node:fs';`],
    ['after a string that looks like a comment', `const url = 'http://'; import 'node:fs';`],
    ['after a template that looks like one', 'const glob = `libs/*`; import \'node:fs\'; const other = `*/`;'],
  ])('%s', (_, source) => {
    expect(importsOf(source)).toEqual(['node:fs']);
  });

  it.each([
    ['comments', `// import 'node:fs';\n/* import 'node:fs'; */\n/**\n * import { a } from 'node:fs';\n */`],
    ['exports of its own', `export const from = 'node:fs';\nexport { a };\nexport default 'node:fs';\nexport type A = 'node:fs' | 'y';`],
    ['methods of the name', `loader.import('node:fs'); reimport('node:fs');`],
  ])('%s are no imports', (_, source) => {
    expect(importsOf(source)).toEqual([]);
  });
});

const made = (dir: string, layer: string, dependencies: string[] = [], devDependencies: string[] = []): [string, Package] => {
  const name = `@parley/${dir.split('/')[1]}`;
  return [name, { name, dir, tags: [`type:${layer}`, 'scope:any'], dependencies: new Set(dependencies), devDependencies: new Set(devDependencies) }];
};

const EVERYTHING = ['protocol', 'domain', 'nats', 'room-log-nats', 'gateway', 'persistence', 'testkit', 'web'].map((name) => `@parley/${name}`);
const workspace: Workspace = {
  packages: new Map([
    made('libs/protocol', 'protocol', EVERYTHING),
    made('libs/domain', 'domain', EVERYTHING),
    made('libs/nats', 'driver', EVERYTHING),
    made('libs/room-log-nats', 'adapter', [...EVERYTHING, 'ulid'], ['fast-check']),
    made('libs/testkit', 'testkit', EVERYTHING),
    made('apps/gateway', 'app', EVERYTHING),
    made('apps/persistence', 'app', EVERYTHING),
    made('apps/standalone', 'app', EVERYTHING),
  ]),
  exists: (path) => path.endsWith('/there.ts') || path.endsWith('.test.ts') || path.includes('/testing/'),
};

/** The problem of a file's import, where the file is in the package that its path names. */
const check = (file: string, specifier: string): string | null => {
  const from = workspace.packages.get(`@parley/${file.split('/')[1]}`);
  if (!from) throw new Error(file);
  return problemOf(workspace, from, file, specifier);
};

describe('an import may', () => {
  test.each([
    ['apps/gateway/src/a.ts', '@parley/room-log-nats'],
    ['apps/standalone/src/a.ts', '@parley/gateway'],
    ['libs/room-log-nats/src/a.ts', '@parley/domain/ports'],
    ['libs/room-log-nats/src/a.ts', 'ulid'],
    ['libs/room-log-nats/src/a.ts', 'node:fs'],
    ['libs/room-log-nats/src/a.ts', './there.ts'],
    ['libs/room-log-nats/src/a.test.ts', 'fast-check'],
    ['libs/room-log-nats/src/a.test.ts', 'vitest'],
    ['libs/room-log-nats/src/a.test.ts', '@parley/testkit'],
    ['libs/room-log-nats/src/testing/rig.ts', 'vitest'],
    ['libs/testkit/src/contracts/a.ts', 'vitest'],
  ])('be in %s of %s', (file, specifier) => {
    expect(check(file, specifier)).toBeNull();
  });
});

describe('an import may not', () => {
  test.each([
    ['libs/protocol/src/a.ts', '@parley/domain', /type:protocol may not import @parley\/domain/],
    ['libs/domain/src/a.ts', '@parley/nats', /type:domain may not import @parley\/nats/],
    ['libs/room-log-nats/src/a.ts', '@parley/gateway', /may not import @parley\/gateway \(type:app\)/],
    ['libs/room-log-nats/src/a.ts', '@parley/testkit', /may not import @parley\/testkit/],
    ['apps/gateway/src/a.ts', '@parley/persistence', /an app may not import @parley\/persistence/],
    ['apps/gateway/src/a.ts', '@parley/testkit', /may not import @parley\/testkit/],
    ['libs/room-log-nats/src/a.ts', '@parley/unheard-of', /@parley\/unheard-of is not declared/],
    ['libs/room-log-nats/src/a.ts', 'lodash/fp', /lodash is not declared/],
    ['libs/room-log-nats/src/a.test.ts', 'lodash', /lodash is not declared/],
    ['libs/room-log-nats/src/a.ts', 'fast-check', /fast-check is not declared/],
    ['libs/room-log-nats/src/a.ts', 'vitest', /vitest is not declared/],
    ['libs/room-log-nats/src/a.ts', '../../domain/src/there.ts', /reaches out of its package/],
    ['libs/room-log-nats/src/a.ts', './there', /no such file/],
    ['libs/room-log-nats/src/a.ts', './a.test.ts', /imports a test/],
    ['libs/room-log-nats/src/a.ts', './testing/rig.ts', /imports a test/],
  ])('be in %s of %s', (file, specifier, problem) => {
    expect(check(file, specifier)).toMatch(problem);
  });
});

test('a package is in one of the layers', () => {
  const [, layered] = made('libs/a', 'driver');
  expect(problemOfTags(layered)).toBeNull();
  expect(problemOfTags({ ...layered, tags: ['scope:any'] })).toContain('type:driver');
});

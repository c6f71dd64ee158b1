/**
 * Fails if an import goes against the direction of the layers (docs/architecture.md) or is not declared in its package.
 * The layers are the nx tags of each package; nx's own lint rule needs a linter that cannot read this TypeScript.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { importsOf, problemOf, problemOfTags, type Package } from './boundaries.ts';

type Manifest = { name: string; dependencies?: object; devDependencies?: object; nx?: { tags?: string[] } };

const ROOT = join(import.meta.dirname, '..');
const NOT_SOURCES = /(^|\/)(node_modules|dist|\.[^/]+)(\/|$)/;

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const filesOf = (pattern: string): string[] => globSync(pattern, { cwd: ROOT, exclude: (path) => NOT_SOURCES.test(path) });

const packages = new Map<string, Package>();
for (const file of filesOf('{apps/*,libs/*,loadtest,deploy}/package.json')) {
  const { name, dependencies = {}, devDependencies = {}, nx } = JSON.parse(read(file)) as Manifest;
  packages.set(name, { name, dir: dirname(file), tags: nx?.tags ?? [], dependencies: new Set(Object.keys(dependencies)), devDependencies: new Set(Object.keys(devDependencies)) });
}
const workspace = { packages, exists: (path: string) => existsSync(join(ROOT, path)) };

/** What these scripts import is declared at the root. */
const scripts: Package = { name: 'parley', dir: 'scripts', tags: [], dependencies: new Set(Object.keys((JSON.parse(read('package.json')) as Manifest).devDependencies ?? {})), devDependencies: new Set() };

let checked = 0;
const problems: string[] = [];
for (const each of [...packages.values(), scripts]) {
  for (const file of filesOf(`${each.dir}/**/*.{ts,tsx,mts,js,mjs}`)) {
    checked += 1;
    for (const specifier of importsOf(read(file))) {
      const problem = problemOf(workspace, each, file, specifier);
      if (problem) problems.push(`${file}: ${problem}`);
    }
  }
}
for (const each of packages.values()) {
  const problem = problemOfTags(each);
  if (problem) problems.push(`${each.dir}/package.json: ${problem}`);
}
for (const problem of problems) console.error(problem);
console.log(`boundaries: ${checked} files, ${problems.length} problems`);
process.exitCode = problems.length ? 1 : 0;

/**
 * Fails if an import goes against the direction of the layers (docs/architecture.md) or is not declared in its package.
 * The layers are the nx tags of each package; nx's own lint rule needs a linter that cannot read this TypeScript.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';

type Package = { name: string; dir: string; tags: string[]; dependencies: Set<string>; devDependencies: Set<string> };

/** What a package of a layer may import from at run time. Tests may import what their package declares. */
const MAY_IMPORT: Record<string, string[]> = {
  'type:protocol': [],
  'type:domain': ['type:domain', 'type:protocol'],
  'type:client': ['type:protocol'],
  'type:ui': ['type:protocol'],
  'type:runtime': [],
  'type:driver': ['type:domain', 'type:protocol'],
  'type:adapter': ['type:driver', 'type:domain', 'type:protocol'],
  'type:testkit': ['type:client', 'type:driver', 'type:domain', 'type:protocol', 'type:runtime'],
  'type:tool': ['type:testkit', 'type:adapter', 'type:driver', 'type:runtime', 'type:domain', 'type:protocol'],
  'type:app': ['type:adapter', 'type:driver', 'type:client', 'type:ui', 'type:runtime', 'type:domain', 'type:protocol'],
};
/** Apps that put others together in one process. */
const APP_MAY_IMPORT_APP: Record<string, string[]> = { standalone: ['gateway', 'persistence'] };

const isTest = (file: string): boolean => /\.test\.tsx?$|\/(e2e|simulation|testing|bench)\//.test(file) || /vite(st)?\.config\.ts$/.test(file);
const packageNameOf = (specifier: string): string => specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');

const packages = new Map<string, Package>();
for (const file of globSync('{apps/*,libs/*,loadtest}/package.json')) {
  const json = JSON.parse(readFileSync(file, 'utf8')) as { name: string; dependencies?: object; devDependencies?: object; nx: { tags: string[] } };
  packages.set(json.name, {
    name: json.name, dir: dirname(file), tags: json.nx.tags,
    dependencies: new Set(Object.keys(json.dependencies ?? {})), devDependencies: new Set(Object.keys(json.devDependencies ?? {})),
  });
}
const layerOf = (each: Package): string => each.tags.find((tag) => tag.startsWith('type:')) ?? 'no layer';

/** Tools of the whole workspace, declared at its root. */
const ROOT_TOOLS = new Set(['vitest']);
const BUILT_IN = new Set(builtinModules);
const IMPORT = /(?:^|[\s;])(?:import|export)\s(?:[^'"`;]*?\sfrom\s)?\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

const problemOf = (from: Package, file: string, specifier: string): string | null => {
  if (specifier.startsWith('node:') || BUILT_IN.has(specifier)) return null;
  if (specifier.startsWith('.')) {
    const target = join(dirname(file), specifier);
    if (!target.startsWith(`${from.dir}/`)) return `reaches out of its package: ${specifier}`;
    if (!isTest(file) && isTest(target)) return `imports a test: ${specifier}`;
    return /\.(css|svg)$/.test(specifier) || existsSync(target.replace(/\?.*$/, '')) ? null : `no such file (the extension is part of the path): ${specifier}`;
  }
  const name = packageNameOf(specifier);
  if (name === from.name) return null;
  const declared = from.dependencies.has(name) || (isTest(file) && (from.devDependencies.has(name) || ROOT_TOOLS.has(name)));
  const ours = packages.get(name);
  const testTool = from.tags.includes('type:testkit') && ROOT_TOOLS.has(name);
  if (!declared && !testTool) return `${name} is not declared in ${from.dir}/package.json`;
  if (!ours || isTest(file)) return null;
  const layer = layerOf(from);
  if (layer === 'type:app' && layerOf(ours) === 'type:app') {
    return APP_MAY_IMPORT_APP[from.dir.split('/')[1]!]?.includes(ours.dir.split('/')[1]!) ? null : `an app may not import ${name}`;
  }
  return MAY_IMPORT[layer]?.includes(layerOf(ours)) ? null : `${layer} may not import ${name} (${layerOf(ours)})`;
};

let checked = 0;
const problems: string[] = [];
for (const each of packages.values()) {
  for (const file of globSync(`${each.dir}/**/*.{ts,tsx}`, { exclude: (path) => /node_modules|dist/.test(path) })) {
    checked += 1;
    for (const match of readFileSync(file, 'utf8').matchAll(IMPORT)) {
      const problem = problemOf(each, file, (match[1] ?? match[2])!);
      if (problem) problems.push(`${file}: ${problem}`);
    }
  }
  if (!MAY_IMPORT[layerOf(each)]) problems.push(`${each.dir}/package.json: needs one of the tags ${Object.keys(MAY_IMPORT).join(', ')}`);
}
for (const problem of problems) console.error(problem);
console.log(`boundaries: ${checked} files, ${problems.length} problems`);
process.exitCode = problems.length ? 1 : 0;

/** Which package may import which, and whether one source file keeps to that. Reads nothing: see check-boundaries.ts. */
import { builtinModules } from 'node:module';
import { join } from 'node:path';

export type Package = { name: string; dir: string; tags: string[]; dependencies: Set<string>; devDependencies: Set<string> };
export type Workspace = { packages: ReadonlyMap<string, Package>; exists: (path: string) => boolean };

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
const APP_MAY_IMPORT_APP: Record<string, string[]> = { standalone: ['gateway', 'moderation', 'persistence'] };
/** Tools of the whole workspace, declared at its root. */
const ROOT_TOOLS = new Set(['vitest']);
const BUILT_IN = new Set(builtinModules);

export const isTest = (file: string): boolean => /\.test\.tsx?$|\/(e2e|simulation|testing|bench)\//.test(file) || /vite(st)?\.config\.ts$/.test(file);

const layerOf = (each: Package): string => each.tags.find((tag) => tag.startsWith('type:')) ?? 'no layer';
const packageNameOf = (specifier: string): string => specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
const folderOf = ({ dir }: Package): string => dir.slice(dir.indexOf('/') + 1);

/** Strings stay as they are, so that what looks like a comment in one does not count as one. */
const STRING_OR_COMMENT = /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
const IMPORT = /(?<![\w$.])(?:import|export)\b(?:[^'"`;()=]*?\bfrom)?\s*['"]([^'"\n]+)['"]|(?<![\w$.])(?:import|import\.meta\.resolve)\s*\(\s*['"]([^'"\n]+)['"]/g;

/** What a source imports, in whatever way: values and types, re-exports, dynamic imports. */
export const importsOf = (source: string): string[] => {
  const code = source.replace(STRING_OR_COMMENT, (_, string: string | undefined) => string ?? ' ');
  return [...code.matchAll(IMPORT)].map((match) => (match[1] ?? match[2])!);
};

const problemOfPath = ({ exists }: Workspace, from: Package, file: string, specifier: string): string | null => {
  const target = join(file, '..', specifier.replace(/\?.*$/, ''));
  if (!target.startsWith(`${from.dir}/`)) return `reaches out of its package: ${specifier}`;
  if (!isTest(file) && isTest(target)) return `imports a test: ${specifier}`;
  return exists(target) ? null : `no such file (the extension is part of the path): ${specifier}`;
};

const problemOfLayer = (from: Package, to: Package): string | null => {
  const [layer, other] = [layerOf(from), layerOf(to)];
  if (layer === 'type:app' && other === 'type:app') {
    return APP_MAY_IMPORT_APP[folderOf(from)]?.includes(folderOf(to)) ? null : `an app may not import ${to.name}`;
  }
  return MAY_IMPORT[layer]?.includes(other) ? null : `${layer} may not import ${to.name} (${other})`;
};

/** What is wrong with one import of a file of `from`, if anything is. */
export const problemOf = (workspace: Workspace, from: Package, file: string, specifier: string): string | null => {
  if (specifier.startsWith('node:') || BUILT_IN.has(specifier)) return null;
  if (specifier.startsWith('.')) return problemOfPath(workspace, from, file, specifier);
  const name = packageNameOf(specifier);
  if (name === from.name) return null;
  const mayTest = isTest(file) || layerOf(from) === 'type:testkit';
  const declared = from.dependencies.has(name) || (isTest(file) && from.devDependencies.has(name)) || (mayTest && ROOT_TOOLS.has(name));
  if (!declared) return `${name} is not declared in the package.json of ${from.name}`;
  const ours = workspace.packages.get(name);
  return !ours || isTest(file) ? null : problemOfLayer(from, ours);
};

export const problemOfTags = (each: Package): string | null =>
  MAY_IMPORT[layerOf(each)] ? null : `needs one of the tags ${Object.keys(MAY_IMPORT).join(', ')}`;

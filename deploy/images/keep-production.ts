/**
 * Leaves of the workspace what one app needs to run: `node deploy/images/keep-production.ts gateway`, in a copy of it. The packages it does not
 * depend on go, and no package has devDependencies any more: with them `npm ci --omit=dev` would bring the testkit, a package of the workspace
 * itself, and all that needs. With `--build` the app keeps its own, save packages of the workspace.
 */
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

type Dependencies = Record<string, string>;
type Manifest = { name: string; dependencies?: Dependencies; devDependencies?: Dependencies };

const [app = '', mode] = process.argv.slice(2);
const read = (file: string): Manifest => JSON.parse(readFileSync(file, 'utf8')) as Manifest;
const write = (file: string, manifest: Manifest): void => writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);

const workspace = new Map(globSync('{apps,libs}/*/package.json').map((file) => [read(file).name, file]));
const root = `@parley/${app}`;
if (!workspace.has(root)) throw new Error(`there is no app ${JSON.stringify(app)}`);

const needed = new Set([root]);
// What is added while it goes is gone through too.
for (const name of needed) {
  const { dependencies = {} } = read(workspace.get(name) ?? '');
  for (const each of Object.keys(dependencies)) if (workspace.has(each)) needed.add(each);
}

const withoutDev = (manifest: Manifest): Manifest => {
  const { devDependencies = {}, ...production } = manifest;
  if (mode !== '--build' || manifest.name !== root) return production;
  return { ...production, devDependencies: Object.fromEntries(Object.entries(devDependencies).filter(([name]) => !workspace.has(name))) };
};

for (const [name, file] of workspace) {
  if (needed.has(name)) write(file, withoutDev(read(file)));
  else rmSync(dirname(file), { recursive: true });
}
write('package.json', withoutDev(read('package.json')));
if (mode !== '--build') for (const tools of ['scripts', 'deploy']) rmSync(tools, { recursive: true });

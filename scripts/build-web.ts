// Builds the web client into apps/web/dist, unless what is there was built from these very sources.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const WEB = join(ROOT, 'apps/web');
const BUILT_FROM = join(WEB, 'dist/.built-from');
const SOURCES = ['apps/web', 'libs/ui', 'libs/chat-client', 'libs/protocol', 'package-lock.json', 'tsconfig.base.json'];
const NOT_SOURCES = new Set(['node_modules', 'dist', 'e2e']);

const filesOf = (path: string): string[] => {
  if (!existsSync(path)) return [];
  const entries = readdirSync(path, { withFileTypes: true }).filter(({ name }) => !NOT_SOURCES.has(name) && !name.includes('.test.'));
  return entries.flatMap((entry) => (entry.isDirectory() ? filesOf(join(path, entry.name)) : [join(path, entry.name)]));
};

const hashOfSources = (): string => {
  const hash = createHash('sha256');
  const files = SOURCES.flatMap((source) => (source.includes('.') ? [join(ROOT, source)] : filesOf(join(ROOT, source)))).sort();
  for (const file of files) {
    const content = readFileSync(file);
    hash.update(`${relative(ROOT, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
};

const build = (): void => {
  const require = createRequire(join(WEB, 'package.json'));
  const manifest = require.resolve('vite/package.json');
  const { bin } = require('vite/package.json') as { bin: { vite: string } };
  // Tests run with another NODE_ENV, with which vite would take React's slow development build.
  const env = { ...process.env, NODE_ENV: 'production' };
  const { status, error } = spawnSync(process.execPath, [join(dirname(manifest), bin.vite), 'build', '--logLevel', 'warn'], { cwd: WEB, env, stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
};

const wanted = hashOfSources();
if (!existsSync(BUILT_FROM) || readFileSync(BUILT_FROM, 'utf8') !== wanted) {
  const started = performance.now();
  build();
  writeFileSync(BUILT_FROM, wanted);
  console.log(`web client built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

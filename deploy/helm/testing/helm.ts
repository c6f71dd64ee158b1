import { execFile, spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';

export const CHART = fileURLToPath(new URL('../parley', import.meta.url));
/** Names of `examples/…`, and the defaults, `''`. */
export const EXAMPLES = ['', ...globSync('**/*.yaml', { cwd: join(CHART, 'examples') }).map((file) => file.replace(/\.yaml$/, '')).toSorted()];
export const NAMESPACE = 'chat';
export const RELEASE = 'team';

const run = promisify(execFile);
const HELM_MS = 60_000;
const OUTPUT_BYTES = 16 * 1024 * 1024;

/** Where the project's installer puts it, and where `go install` does. */
const DIRS = [fileURLToPath(new URL('../../../.cache/bin', import.meta.url)), process.env['GOBIN'], join(process.env['GOPATH'] ?? join(homedir(), 'go'), 'bin')];
const helm = DIRS.filter((dir) => dir !== undefined).map((dir) => join(dir, 'helm'))
  .find((file) => spawnSync(file, ['version', '--short'], { encoding: 'utf8' }).stdout?.startsWith('v4.'));
/** Why the chart cannot be tested here; `null` if it can. */
export const noHelm = helm === undefined ? 'helm v4 is not here: it is installed with Go, by scripts/install-servers.ts --helm' : null;

export type Answer = { ok: boolean; stdout: string; stderr: string };

/** It keeps what it keeps in a folder that goes right after. */
export const callHelm = async (...args: string[]): Promise<Answer> => {
  const home = mkdtempSync(join(tmpdir(), 'parley-helm-'));
  const env = { PATH: process.env['PATH'], HOME: home, HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home };
  try {
    return { ok: true, ...(await run(helm ?? '', args, { env, timeout: HELM_MS, maxBuffer: OUTPUT_BYTES })) };
  } catch (error) {
    const { stdout = '', stderr = String(error) } = error as Partial<Answer>;
    return { ok: false, stdout, stderr };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
};

export const valuesOf = (example: string): string[] => (example === '' ? [] : ['--values', join(CHART, 'examples', `${example}.yaml`)]);

/** What the chart makes, as text. Throws what Helm says. */
export const template = async (...args: string[]): Promise<string> => {
  const answer = await callHelm('template', RELEASE, CHART, '--namespace', NAMESPACE, ...args);
  if (!answer.ok) throw new Error(answer.stderr);
  return answer.stdout;
};

/** The documents of a rendering. A key that is there twice is an error. */
export const parse = (text: string): unknown[] => parseAllDocuments(text, { uniqueKeys: true }).flatMap((document) => {
  if (document.errors[0]) throw document.errors[0];
  const object: unknown = document.toJS();
  return object === null ? [] : [object];
});

import { execFile } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, globSync, linkSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseDockerfile, parseDockerignore, type Instruction, type Stage } from '../dockerfile.ts';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
export const stages = parseDockerfile(readFileSync(join(ROOT, 'deploy/images/Dockerfile'), 'utf8'));

/** A stage carried out: its root file system, and what was set. */
export type Built = { root: string; workdir: string; env: Record<string, string>; user: string; stopsignal: string; volumes: string[]; entrypoint: string[] };

const run = promisify(execFile);
/** On a busy machine, and when the cache of npm is empty. */
const RUN_MS = 300_000;

/** What a command of the system's own would leave in the root file system. */
const SYSTEM: Readonly<Record<string, (root: string) => void>> = {
  groupadd: (root) => {
    mkdirSync(join(root, 'etc'), { recursive: true });
    mkdirSync(join(root, 'data'));
    writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nparley:x:65532:65532::/parley:/usr/sbin/nologin\n');
    writeFileSync(join(root, 'etc/group'), 'root:x:0:\nparley:x:65532:\n');
  },
};

const NODE = 'usr/local/bin/node';
/** Of the images we begin from: what is taken of them. */
const fromOutside = (image: string, root: string): void => {
  mkdirSync(join(root, 'usr/local/bin'), { recursive: true });
  if (image.startsWith('node:')) copyFileSync(process.execPath, join(root, NODE));
};

/** With node itself linked, as it is large: nobody writes it. */
const copyRoot = (from: string, to: string): void => {
  cpSync(from, to, { recursive: true, verbatimSymlinks: true, filter: (path) => path !== join(from, NODE) });
  if (!existsSync(join(from, NODE))) return;
  mkdirSync(dirname(join(to, NODE)), { recursive: true });
  linkSync(join(from, NODE), join(to, NODE));
};

const contextFiles = (source: string, ignores: (path: string) => boolean): string[] =>
  (lstatSync(join(ROOT, source)).isDirectory() ? globSync(`${source}/**/*`, { cwd: ROOT, exclude: (path) => basename(path) === 'node_modules' }) : [source])
    .filter((path) => !ignores(path) && !lstatSync(join(ROOT, path)).isDirectory());

/** Carries out stages of our Dockerfile below `dir`, each once, as an engine would from a checkout: its COPY lines say which files there are. */
export const createBuilder = (dir: string): ((name: string) => Promise<Built>) => {
  const ignores = parseDockerignore(readFileSync(join(ROOT, '.dockerignore'), 'utf8'));
  const built = new Map<string, Promise<Built>>();

  const copy = async (stage: Built, { from, sources, target }: Extract<Instruction, { kind: 'copy' }>): Promise<void> => {
    const to = isAbsolute(target) ? join(stage.root, target) : join(stage.root, stage.workdir, target);
    for (const source of sources) {
      if (from !== null) {
        const path = join((await build(from)).root, source);
        // Links, not copies: nothing is written once it is in an image.
        const isFolder = lstatSync(path).isDirectory();
        mkdirSync(isFolder ? to : dirname(to), { recursive: true });
        await run('cp', ['-al', isFolder ? `${path}/.` : path, to]);
      } else for (const file of contextFiles(source, ignores)) {
        // A folder's content is copied, a file into a folder or to a name.
        const path = file === source ? (target.endsWith('/') ? basename(file) : '') : file.slice(source.length + 1);
        mkdirSync(dirname(join(to, path)), { recursive: true });
        copyFileSync(join(ROOT, file), join(to, path));
      }
    }
  };

  const carryOut = async (stage: Built, instruction: Instruction): Promise<void> => {
    if (instruction.kind === 'copy') await copy(stage, instruction);
    else if (instruction.kind === 'env') stage.env[instruction.name] = instruction.value;
    else if (instruction.kind === 'entrypoint') stage.entrypoint = instruction.argv;
    else if (instruction.kind === 'set') {
      if (instruction.name === 'workdir') mkdirSync(join(stage.root, (stage.workdir = instruction.value)), { recursive: true });
      if (instruction.name === 'user' || instruction.name === 'stopsignal') stage[instruction.name] = instruction.value;
      if (instruction.name === 'volume') stage.volumes.push(instruction.value);
    } else {
      const [command = '', ...args] = instruction.command.split(' ');
      const system = SYSTEM[command];
      if (system) return system(stage.root);
      if (!['node', 'npm'].includes(command)) throw new Error(`not known without an engine: ${instruction.command}`);
      // Of the caller all else: how the registry is reached.
      const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH']}`, npm_config_prefer_offline: 'true', npm_config_audit: 'false', npm_config_fund: 'false' };
      await run(command, args, { cwd: join(stage.root, stage.workdir), env, timeout: RUN_MS }).catch((error: unknown) => {
        throw new Error(`${instruction.command} failed`, { cause: error });
      });
    }
  };

  const carryOutAll = async ({ name, from, instructions }: Stage): Promise<Built> => {
    const root = join(dir, name);
    mkdirSync(root);
    const parent = stages.some((stage) => stage.name === from) ? await build(from) : null;
    if (parent) copyRoot(parent.root, root);
    else fromOutside(from, root);
    const stage: Built = parent
      ? { ...parent, root, env: { ...parent.env }, volumes: [...parent.volumes] }
      : { root, workdir: '/', env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' }, user: '', stopsignal: '', volumes: [], entrypoint: [] };
    for (const instruction of instructions) await carryOut(stage, instruction);
    return stage;
  };

  const build = (name: string): Promise<Built> => {
    const stage = stages.find((each) => each.name === name);
    if (!stage) throw new Error(`no stage ${name}`);
    const known = built.get(name) ?? carryOutAll(stage);
    built.set(name, known);
    return known;
  };
  return build;
};

/** All files of a stage's working folder, without those of packages that are not ours. */
export const ownFiles = ({ root, workdir }: Built): string[] => globSync('**/*', { cwd: join(root, workdir), exclude: (path) => basename(path) === 'node_modules' });
export const has = ({ root, workdir }: Built, path: string): boolean => existsSync(join(root, workdir, path));

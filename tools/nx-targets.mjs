// Gives each project of the workspace its targets, from what its folder holds. Plain JavaScript: nx loads it before any TypeScript can run.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const run = (command, cwd, more = {}) => ({ executor: 'nx:run-commands', options: { command, ...(cwd ? { cwd } : {}) }, ...more });

/** Reloads on a change of any file the process has loaded, so of any library it uses. */
const serve = (root, env) => ({
  executor: 'nx:run-commands',
  continuous: true,
  dependsOn: [{ projects: ['cluster'], target: 'infra' }],
  options: { command: `node --watch --watch-preserve-output ${root}/src/main.ts`, env },
});

/** What a project serves in development, beside the infra. Standalone and the cluster are whole systems: `npm start`, `npm run cluster`. */
const SERVED = {
  'apps/gateway': { GUESTS: 'on', PORT: '8080', DATA_DIR: 'data' },
  // The infra's Postgres asks for the password that it keeps beside its data.
  'apps/persistence': { PORT: '8090', PGUSER: 'parley', PGPASSFILE: 'data/postgres/pgpass' },
};

const targetsOf = (root, workspaceRoot) => {
  const has = (file) => existsSync(join(workspaceRoot, root, file));
  const targets = {};
  if (has('tsconfig.json')) targets.typecheck = run(`tsc -p ${root}`);
  if (has('src')) {
    targets.lint = run(`oxlint --type-aware ${root}`);
    targets.test = run(`vitest run --passWithNoTests ${root}/`);
  }
  if (SERVED[root]) targets.serve = serve(root, SERVED[root]);
  if (root === 'apps/cluster') targets.infra = run(`node ${root}/src/infra.ts`, undefined, { continuous: true });
  if (root === 'apps/web') {
    targets.build = run('vite build', root, { cache: true, inputs: ['sources', '^sources'], outputs: ['{projectRoot}/dist'] });
    targets.serve = run('vite', root, { continuous: true });
  }
  return targets;
};

export const createNodesV2 = [
  '{apps/*,libs/*,loadtest}/package.json',
  (files, _options, { workspaceRoot }) => files.map((file) => {
    const root = dirname(file);
    return [file, { projects: { [root]: { root, targets: targetsOf(root, workspaceRoot) } } }];
  }),
];

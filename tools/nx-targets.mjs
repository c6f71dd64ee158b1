// Gives each project of the workspace its targets, from what its folder holds. Plain JavaScript: nx loads it before any TypeScript can run.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const run = (command, cwd, more = {}) => ({ executor: 'nx:run-commands', options: { command, ...(cwd ? { cwd } : {}) }, ...more });

const on = (...tasks) => tasks.map((task) => task.split(':')).map(([project, target]) => ({ projects: [project], target }));

/**
 * Data apart from that of `npm start`, unless the caller's environment says where. All leave when nx, the shell's parent, is gone,
 * also by kill -9: see libs/runtime's parent-watch.
 */
const DEVELOPMENT = 'PARLEY_PARENT_PID=$PPID DATA_DIR="${DATA_DIR:-data/dev}"';

/** Reloads on a change of any file the process has loaded, so of any library it uses. */
const watched = (settings, file) => `${DEVELOPMENT} ${settings} node --watch --watch-preserve-output ${file}`;

/** What a project serves in development. Standalone and the cluster are whole systems: `npm start`, `npm run cluster`. */
const SERVED = {
  'apps/gateway': { command: watched('GUESTS="${GUESTS:-on}"', 'apps/gateway/src/main.ts'), dependsOn: on('cluster:infra', 'persistence:serve', 'moderation:serve') },
  // PORT is the gateway's. The infra's Postgres asks for the password that it keeps beside its data.
  'apps/persistence': {
    command: watched('PORT="${PERSISTENCE_PORT:-8090}" PGUSER="${PGUSER:-parley}" PGPASSFILE="${PGPASSFILE:-${DATA_DIR:-data/dev}/postgres/pgpass}"', 'apps/persistence/src/main.ts'),
    dependsOn: on('cluster:infra'),
  },
  'apps/moderation': { command: watched('PORT="${MODERATION_PORT:-8091}"', 'apps/moderation/src/main.ts'), dependsOn: on('cluster:infra', 'persistence:serve') },
  'apps/web': { command: 'vite', cwd: 'apps/web', dependsOn: on('gateway:serve') },
};

const serve = ({ command, cwd, dependsOn }) => run(command, cwd, { continuous: true, dependsOn });

const targetsOf = (root, workspaceRoot) => {
  const has = (file) => existsSync(join(workspaceRoot, root, file));
  const targets = {};
  if (has('tsconfig.json')) targets.typecheck = run(`tsc -p ${root}`);
  if (has('src')) {
    targets.lint = run(`oxlint --type-aware ${root}`);
    targets.test = run(`vitest run --passWithNoTests ${root}/`);
  }
  if (SERVED[root]) targets.serve = serve(SERVED[root]);
  if (root === 'apps/cluster') targets.infra = run(`${DEVELOPMENT} node ${root}/src/infra.ts`, undefined, { continuous: true });
  if (root === 'apps/web') {
    targets.build = run('vite build', root, { cache: true, inputs: ['sources', '^sources'], outputs: ['{projectRoot}/dist'] });
  }
  return targets;
};

export const createNodesV2 = [
  '{apps/*,libs/*,loadtest,deploy}/package.json',
  (files, _options, { workspaceRoot }) => files.map((file) => {
    const root = dirname(file);
    return [file, { projects: { [root]: { root, targets: targetsOf(root, workspaceRoot) } } }];
  }),
];

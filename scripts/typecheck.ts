/** Checks the types of each project with its own settings (the browser's or Node's), as many at once as there are cores. */
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const projects = [...globSync('{apps/*,libs/*,loadtest,deploy}/tsconfig.json'), 'tsconfig.json'].toSorted();
let failed = 0;

const check = (project: string): Promise<void> =>
  new Promise((resolve) => {
    spawn('tsc', ['-p', project], { stdio: 'inherit' }).on('close', (code) => {
      if (code !== 0) failed += 1;
      resolve();
    });
  });

await Promise.all(Array.from({ length: availableParallelism() }, async () => {
  for (let project = projects.shift(); project; project = projects.shift()) await check(project);
}));
console.log(`types: ${failed} projects with errors`);
process.exitCode = failed ? 1 : 0;

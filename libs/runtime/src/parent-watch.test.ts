import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { PARENT_PID, watchParent } from './parent-watch.ts';

const MODULE = new URL('parent-watch.ts', import.meta.url).href;

describe('a process that must not outlive its launcher', () => {
  it('leaves when the launcher is killed without a chance to say so', async () => {
    // The launcher starts a child that watches it, and the child keeps our pipe open until it leaves.
    const child = `const { watchParent } = await import(${JSON.stringify(MODULE)}); watchParent(() => process.exit(0), { intervalMs: 10 }); setInterval(() => {}, 1000); console.log('watching');`;
    const launcher = spawn(process.execPath, ['--input-type=module', '-e', `
      import { spawn } from 'node:child_process';
      spawn(process.execPath, ['--input-type=module', '-e', ${JSON.stringify(child)}], { stdio: ['ignore', 'inherit', 'ignore'], env: { ...process.env, ${PARENT_PID}: String(process.pid) } });
      setInterval(() => {}, 1000);`], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(launcher.stdout, 'data');
    launcher.kill('SIGKILL');
    launcher.stdout.resume();
    await once(launcher.stdout, 'end');
    expect(launcher.signalCode).toBe('SIGKILL');
  });

  it('watches nobody unless told to', () => {
    expect(() => watchParent(() => { throw new Error('gone'); }, { env: {} })()).not.toThrow();
  });
});

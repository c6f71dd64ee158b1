/**
 * A program that holds what tests then take from it by kill -9, or run under another user:
 * `starter.ts postgres <dataDir> [source]`, `starter.ts lock <dir>`. Prints one line of JSON; leaves when its stdin ends.
 */
import { lockDataDir, ServerError, startPostgres, type PostgresSource } from '../index.ts';

const [what, dir = '', source] = process.argv.slice(2);
const say = (line: object) => console.log(JSON.stringify(line));

const open = async (): Promise<() => Promise<void>> => {
  if (what === 'lock') {
    const lock = lockDataDir(dir);
    say({ ok: true, pid: process.pid });
    return async () => lock.release();
  }
  const postgres = await startPostgres({ dataDir: dir, source: (source ?? 'embedded') as PostgresSource });
  const { pid, runsAs, major, url } = postgres;
  say({ ok: true, pid, runsAs, major, url });
  return () => postgres.stop();
};

try {
  const close = await open();
  process.stdin.resume().once('end', () => void close().then(() => process.exit(0)));
} catch (error) {
  say({ ok: false, code: error instanceof ServerError ? error.code : String(error) });
  process.exit(1);
}

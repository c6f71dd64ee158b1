import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Mutant } from './mutants.ts';
import type { System } from './system.ts';

const SOURCES = join(dirname(fileURLToPath(import.meta.url)), '..');
const DOMAIN = join(SOURCES, '../../domain/src');

/** A copy of the code under test with a mutant's edits, inside this package so that its imports resolve. */
export const loadMutant = async ({ rule, edits }: Mutant): Promise<{ system: System; remove: () => void }> => {
  const folder = mkdtempSync(join(SOURCES, '../.mutant-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const isSource = (path: string) => !path.endsWith('.test.ts') && !/\/(simulation|testing)$/.test(path);
    cpSync(DOMAIN, join(folder, 'domain'), { recursive: true, filter: isSource });
    cpSync(SOURCES, join(folder, 'appender'), { recursive: true, filter: isSource });
    for (const { file, find, replace } of edits) {
      const path = join(folder, file);
      const source = readFileSync(path, 'utf8');
      if (source.split(find).length !== 2) throw new Error(`mutant "${rule}": its place in ${file} is there ${source.split(find).length - 1} times`);
      writeFileSync(path, source.replace(find, () => replace));
    }
    for (const file of readdirSync(join(folder, 'appender'))) {
      const path = join(folder, 'appender', file);
      writeFileSync(path, readFileSync(path, 'utf8').replaceAll("'@parley/domain'", "'../domain/index.ts'"));
    }
    const load = (file: string): Promise<unknown> => import(/* @vite-ignore */ pathToFileURL(join(folder, file)).href);
    const appender = (await load('appender/index.ts')) as Pick<System, 'RoomAppenders'>;
    const domain = (await load('domain/index.ts')) as Omit<System, 'RoomAppenders'>;
    return { system: { RoomAppenders: appender.RoomAppenders, RoomLogError: domain.RoomLogError, StoreUnavailable: domain.StoreUnavailable }, remove };
  } catch (error) {
    remove();
    throw error;
  }
};

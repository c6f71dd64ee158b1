import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The client as its sources are now, in apps/web/dist. */
export const ensureBuilt = async (): Promise<void> => {
  await promisify(execFile)(process.execPath, [join(import.meta.dirname, '../../../scripts/build-web.ts')]);
};

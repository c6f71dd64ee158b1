import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const FLAGS = ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];

/** Debian's Chromium, or whatever `CHROMIUM` names; `null` if this machine has none. */
export const findChromium = (): string | null => {
  const named = process.env['CHROMIUM'];
  if (named !== undefined) return named;
  const folders = ['/usr/bin', ...(process.env['PATH'] ?? '').split(delimiter)];
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((file) => existsSync(file)) ?? null;
};

let told = false;
/** Whether tests in a browser can run here. Says so, once, where they cannot: a silent skip looks like a pass. */
export const hasChromium = (): boolean => {
  if (findChromium() !== null) return true;
  if (!told) console.warn('SKIPPED: tests in a browser. Install one: apt-get install chromium');
  told = true;
  return false;
};

/** A headless Chromium of one's own. Close it. */
export const startBrowser = async (options: { args?: readonly string[]; env?: Record<string, string> } = {}): Promise<Browser> => {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('no chromium here: apt-get install chromium');
  return chromium.launch({ executablePath, args: [...FLAGS, ...(options.args ?? [])], env: { ...process.env, ...options.env } });
};

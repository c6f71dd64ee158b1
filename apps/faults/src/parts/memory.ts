import { fileURLToPath } from 'node:url';
import { waitFor } from '@parley/testkit';
import type { AppProcess } from '@parley/testkit/app-process';

const PRELOAD = fileURLToPath(new URL('collect-garbage.ts', import.meta.url));
/** A process that is started with these can be asked what it holds. */
export const MEASURABLE: readonly string[] = ['--import', PRELOAD];

const MB = 1024 * 1024;
const SCRAPE_MS = 10_000;
/** A collection is asked for by a signal, and nobody says when it was: the least of a few looks. */
const LOOKS = 3;
const BETWEEN_MS = 200;
/** What a gateway under traffic may hold more than before by chance: caches, and what is under way. Eight thousand connections that were kept would be ten times that. */
const SLACK_MB = 24;
const RETURN_MS = 30_000;

/** Bytes. `held`: on the heap and in buffers, what is garbage left out. */
type Memory = { held: number; resident: number };

const look = async ({ pid, url }: AppProcess): Promise<Memory> => {
  process.kill(pid, 'SIGUSR2');
  await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  const text = await (await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(SCRAPE_MS) })).text();
  const of = (name: string): number => Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
  return { held: of('nodejs_heap_size_used_bytes') + of('nodejs_external_memory_bytes'), resident: of('process_resident_memory_bytes') };
};

const memoryOf = async (gateway: AppProcess): Promise<Memory> => {
  let least: Memory | null = null;
  for (let n = 0; n < LOOKS; n += 1) {
    const seen = await look(gateway);
    if (least === null || seen.held < least.held) least = seen;
  }
  return least!;
};

const inMb = (bytes: number): string => (bytes / MB).toFixed(0);

/** What gateways hold now; asked again later, they have to hold as little once more. */
export const rememberMemory = async (gateways: readonly AppProcess[]): Promise<{ returned(note: (text: string) => void): Promise<void> }> => {
  const before = new Map<AppProcess, Memory>();
  for (const gateway of gateways) before.set(gateway, await memoryOf(gateway));
  return {
    async returned(note) {
      for (const [gateway, then] of before) {
        let now = then;
        await waitFor(`${gateway.name} to hold no more than before`, async () => (now = await memoryOf(gateway)).held - then.held <= SLACK_MB * MB, { deadlineMs: RETURN_MS }).finally(() =>
          note(`${gateway.name} holds ${inMb(now.held)} MB, ${inMb(then.held)} before; resident ${inMb(now.resident)} MB, ${inMb(then.resident)} before`));
      }
    },
  };
};

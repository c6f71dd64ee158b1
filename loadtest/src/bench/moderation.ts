import { openDatabase } from '@parley/postgres';
import { PostgresModerationStore } from '@parley/store-postgres';
import { startFleet } from '@parley/testkit/fleet';
import { measureHiding } from '@parley/testkit/hiding';

export type ModerationLoad = { perSecond: number; seconds: number; rooms: number; senders: number; badEvery: number };
export type ModerationResult = { sent: number; bad: number; p50Ms: number; p90Ms: number; p99Ms: number; worstMs: number };

const DEADLINE_MS = 60_000;
const BAD = 'exterminate';

/** How soon what the moderation worker hides is hidden at listeners on each of two gateways. The gateways' own rules hide at once: here one only reports, and the worker's threshold is as low. */
export const runModeration = async (load: ModerationLoad): Promise<ModerationResult> => {
  const fleet = await startFleet({ gateways: 2, workers: 1, moderators: 1, moderator: () => ({ env: { HIDE_AT: '50', SIMILAR_POINTS: '0' } }) });
  const database = openDatabase({ url: fleet.postgres.url, poolSize: 2 });
  const store = new PostgresModerationStore(database);
  try {
    await store.saveRules(0, [{ kind: 'words', id: 'bad', action: 'report', reason: 'bad', sparesModerators: false, words: [BAD], anywhere: false }], null);
    const hiding = await measureHiding({
      ...load, urls: fleet.gateways.map(({ url }) => url), signInUrl: fleet.url, deadlineMs: DEADLINE_MS,
      goodBody: (n) => `nothing is wrong with message ${n}`, badBody: (n) => `${BAD} number ${n}`,
    });
    if (hiding.wrong > 0) throw new Error(`${hiding.wrong} hides were wrong`);
    const { sent, bad } = hiding;
    return { sent, bad, p50Ms: hiding.percentile(50), p90Ms: hiding.percentile(90), p99Ms: hiding.percentile(99), worstMs: hiding.percentile(100) };
  } finally {
    await store.close();
    await database.close();
    await fleet.stop();
  }
};

import { describe, expect, it } from 'vitest';
import { runHistory } from './history.ts';
import { MUTANTS } from './mutants.ts';
import { loadMutant } from './mutate.ts';
import { realSystem } from './system.ts';
import { World } from './world.ts';

/** Histories for a run in CI; more by SIMULATION_HISTORIES, others by SIMULATION_SEED. */
const HISTORIES = Number(process.env.SIMULATION_HISTORIES ?? 20_000);
const FIRST_SEED = Number(process.env.SIMULATION_SEED ?? 0);
const PARTS = 4;
/** Several times what the rarest of them needs. */
const HISTORIES_PER_MUTANT = 6_000;

describe('the rules of the write path', () => {
  it.each(Array.from({ length: PARTS }, (_, part) => part))('hold in every history, part %i', { timeout: HISTORIES * 10 + 30_000 }, async (part) => {
    const each = Math.ceil(HISTORIES / PARTS);
    for (let seed = FIRST_SEED + part * each; seed < FIRST_SEED + (part + 1) * each; seed += 1) {
      const wrong = await runHistory(seed);
      if (wrong) expect.fail(`seed ${seed}: ${wrong}`);
    }
  });
});

describe('the simulation', () => {
  it('tells the same history from the same seed', async () => {
    const tell = async () => {
      const world = new World(7, realSystem);
      await world.run();
      return JSON.stringify([world.log.truth, world.tries.map(({ result }) => result)]);
    };
    const first = await tell();
    expect(first.length).toBeGreaterThan(1_000);
    expect(await tell()).toBe(first);
  });

  it.each(MUTANTS.map((mutant) => [mutant.rule, mutant] as const))('notices when this is not so: %s', { timeout: 120_000 }, async (_, mutant) => {
    const { system, remove } = await loadMutant(mutant);
    try {
      for (let seed = 0; seed < HISTORIES_PER_MUTANT; seed += 1) {
        if (await runHistory(seed, system, mutant.sabotage, mutant.focus)) return;
      }
    } finally {
      remove();
    }
    expect.fail(`no violation in ${HISTORIES_PER_MUTANT} histories`);
  });
});

import { check } from './checker.ts';
import { realSystem, type System } from './system.ts';
import { World, type Focus, type Sabotage } from './world.ts';

/** One history from its seed: what went wrong in it, or `null`. */
export const runHistory = async (seed: number, system: System = realSystem, sabotage?: Sabotage, focus?: Focus): Promise<string | null> => {
  const world = new World(seed, system, sabotage, focus);
  await world.run();
  return check(world);
};

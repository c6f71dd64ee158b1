const MINUTE_MS = 60_000;
const STEPS = [['year', 365 * 1_440], ['month', 30 * 1_440], ['week', 7 * 1_440], ['day', 1_440], ['hour', 60], ['minute', 1]] as const;

export type Ago = { value: number; unit: (typeof STEPS)[number][0] };

/** How long ago, in the largest unit that fits and rounded down; `null` below a minute, and for what a clock that is off puts into the future. */
export const agoOf = (at: number, now: number): Ago | null => {
  const minutes = Math.floor((now - at) / MINUTE_MS);
  for (const [unit, size] of STEPS) if (minutes >= size) return { value: Math.floor(minutes / size), unit };
  return null;
};

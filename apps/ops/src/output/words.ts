const UNITS: [name: string, ms: number][] = [['d', 86_400_000], ['h', 3_600_000], ['min', 60_000], ['s', 1_000]];

/** `3 h`, `12 s`: one unit is enough to know what to do. */
export const duration = (ms: number): string => {
  const [name, unit] = UNITS.find(([, size]) => ms >= size) ?? UNITS.at(-1)!;
  return `${Math.floor(Math.max(0, ms) / unit)} ${name}`;
};

export const ago = (at: number, now = Date.now()): string => duration(now - at);
export const instant = (at: number): string => new Date(at).toISOString();

export const bytes = (count: number): string => (count < 1_024 ? `${count} B` : count < 1_048_576 ? `${(count / 1_024).toFixed(1)} KiB` : `${(count / 1_048_576).toFixed(1)} MiB`);
export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

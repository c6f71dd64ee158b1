type Unit = 'second' | 'minute' | 'hour' | 'day';
const UNITS: readonly [Unit, number][] = [['day', 86_400_000], ['hour', 3_600_000], ['minute', 60_000], ['second', 1_000]];

const formats = new Map<Unit, Intl.NumberFormat>();
const inUnit = (unit: Unit, value: number): string => {
  let format = formats.get(unit);
  if (!format) formats.set(unit, (format = new Intl.NumberFormat('en', { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 1 })));
  return format.format(value);
};

/** In the largest unit that it is at least one of: `90 seconds` are `1.5 minutes`. */
export const durationText = (ms: number): string => {
  const [unit, size] = UNITS.find(([, least]) => ms >= least) ?? ['second', 1_000];
  return inUnit(unit, ms / size);
};

/** What is left, never told as less: whole units, of two kinds where the first alone would be coarse. */
export const timeLeftText = (ms: number): string => {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  if (seconds < 120) return inUnit('second', seconds);
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 120) return inUnit('minute', minutes);
  const hours = Math.ceil(minutes / 60);
  if (hours < 48) return inUnit('hour', hours);
  return inUnit('day', Math.ceil(hours / 24));
};

/** How long something has waited, coarsely: `3 minutes`, `2 days`. */
export const waitText = (ms: number): string => {
  const [unit, size] = UNITS.find(([, least]) => ms >= least) ?? ['second', 1_000];
  return inUnit(unit, Math.max(0, Math.floor(ms / size)));
};

/** How soon the text of {@link timeLeftText} may be another one, ms. */
export const timeLeftTick = (ms: number): number => (ms < 121_000 ? 1_000 : 20_000);

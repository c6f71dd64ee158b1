import { EXIT, OpsError } from './exit-codes.ts';

const UNIT_MS = { min: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A moment, milliseconds since 1970: `2026-05-01`, `2026-05-01T12:00:00Z`, or so long ago: `90min`, `12h`, `7d`. */
export const timeOf = (option: string, text: string | undefined, now = Date.now()): number | undefined => {
  if (text === undefined) return undefined;
  const [, count, unit] = /^(\d{1,6})(min|h|d)$/.exec(text) ?? [];
  if (count !== undefined) return Math.max(0, now - Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS]);
  const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isFinite(at) || at < 0) throw new OpsError(EXIT.usage, `--${option} wants a time such as 2026-05-01, 2026-05-01T12:00:00Z, 90min, 12h or 7d`);
  return at;
};

import { LIMITS } from '@parley/protocol';
import { EXIT, OpsError } from './exit-codes.ts';

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/** `90s`, `30m`, `12h`, `2d`, `4w`; milliseconds. */
export const durationOf = (option: string, text: string): number => {
  const [, count = '', unit = ''] = /^(\d{1,9})(s|min|m|h|d|w)$/.exec(text) ?? [];
  const ms = Number(count) * (UNIT_MS[unit] ?? 0);
  if (ms < 1_000 || ms > LIMITS.sanctionMs) throw new OpsError(EXIT.usage, `--${option} wants a time like 30m, 12h, 2d or 4w, up to ten years`);
  return ms;
};

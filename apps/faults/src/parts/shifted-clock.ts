/** Preloaded (`node --import`): this process believes that it is so many milliseconds later (or earlier) than it is. Timers run as they do. */
const shiftMs = Number(process.env['CLOCK_SHIFT_MS'] ?? 0);
const Real = Date;

class Shifted extends Real {
  constructor(...args: [] | [value: number | string | Date]) {
    if (args.length === 0) super(Real.now() + shiftMs);
    else super(...(args as [number]));
  }

  static override now(): number {
    return Real.now() + shiftMs;
  }
}

globalThis.Date = Shifted as DateConstructor;

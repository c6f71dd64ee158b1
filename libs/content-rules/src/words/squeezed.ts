/** Runs are counted up to this. */
const LONGEST_RUN = 255;

/** A folded text with each run of one unit squeezed to one, and how long each was: “coool” is `c1 o3 l1`. */
export type Squeezed = { units: Uint16Array; runs: Uint8Array; length: number };

export const squeeze = (text: string): Squeezed => {
  const units = new Uint16Array(text.length);
  const runs = new Uint8Array(text.length);
  let length = 0;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (length > 0 && units[length - 1] === unit) {
      if (runs[length - 1]! < LONGEST_RUN) runs[length - 1]! += 1;
      continue;
    }
    units[length] = unit;
    runs[length] = 1;
    length += 1;
  }
  return { units, runs, length };
};

export const unitsOf = ({ units, length }: Squeezed): string => {
  let text = '';
  for (let i = 0; i < length; i += 1) text += String.fromCharCode(units[i]!);
  return text;
};

/** So many of the same letter are drawn out, not spelled. */
const DRAWN_OUT = 3;
const SPACE = 0x20;

/** Whether the runs of `text` from `start` spell those of `word`: as long, or drawn out. `loose`: at its ends the text's may be longer. */
export const spells = (text: Squeezed, start: number, word: Squeezed, loose: boolean): boolean => {
  for (let i = 0; i < word.length; i += 1) {
    const run = text.runs[start + i]!;
    const wanted = word.runs[i]!;
    if (run === wanted || word.units[i] === SPACE) continue;
    if (run < wanted) return false;
    const isEnd = i === 0 || i === word.length - 1;
    if (run < DRAWN_OUT && !(loose && isEnd)) return false;
  }
  return true;
};

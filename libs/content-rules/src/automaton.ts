/** Slots of the table of edges per edge: half of them empty. */
const SLOTS_PER_EDGE = 2;
/** How much is done between two yields. */
const WORDS_AT_ONCE = 500;
const NODES_AT_ONCE = 5_000;

const HASH = 0x9e3779b1;

/**
 * Aho–Corasick over UTF-16 units: finds all of many words in one pass, in time linear in the text. Edges stand in one open
 * hash table, so that twenty thousand words are a few flat arrays and no objects.
 */
export class Automaton {
  readonly #mask: number;
  readonly #keys: Float64Array;
  readonly #targets: Int32Array;
  /** Where to go on when there is no edge: the longest suffix that is a prefix of a word. */
  readonly #fail: Int32Array;
  /** The next node, on the way of `fail`, at which words end; 0: none. */
  readonly #output: Int32Array;
  /** Words that end at a node, by number: `ends[starts[node] .. starts[node + 1]]`. */
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;

  private constructor(parts: { mask: number; keys: Float64Array; targets: Int32Array; fail: Int32Array; output: Int32Array; starts: Int32Array; ends: Int32Array }) {
    this.#mask = parts.mask;
    this.#keys = parts.keys;
    this.#targets = parts.targets;
    this.#fail = parts.fail;
    this.#output = parts.output;
    this.#starts = parts.starts;
    this.#ends = parts.ends;
  }

  /** Yields now and then, for whoever builds it to let others have a turn. A word's number is its place in `words`; none may be empty. */
  static *build(words: readonly string[]): Generator<undefined, Automaton> {
    const most = words.reduce((sum, word) => sum + word.length, 1);
    let size = 16;
    while (size < most * SLOTS_PER_EDGE) size *= 2;
    const mask = size - 1;
    const keys = new Float64Array(size).fill(-1);
    const targets = new Int32Array(size);
    const parents = new Int32Array(most);
    const units = new Uint16Array(most);
    const endOf = new Int32Array(words.length);
    let nodes = 1;
    for (const [number, word] of words.entries()) {
      if (number % WORDS_AT_ONCE === WORDS_AT_ONCE - 1) yield;
      let node = 0;
      for (let i = 0; i < word.length; i += 1) {
        const unit = word.charCodeAt(i);
        const key = node * 0x10000 + unit;
        let slot = slotOf(node, unit) & mask;
        while (keys[slot] !== -1 && keys[slot] !== key) slot = (slot + 1) & mask;
        if (keys[slot] === -1) {
          keys[slot] = key;
          targets[slot] = nodes;
          parents[nodes] = node;
          units[nodes] = unit;
          nodes += 1;
        }
        node = targets[slot]!;
      }
      endOf[number] = node;
    }
    const starts = new Int32Array(nodes + 1);
    for (const node of endOf) starts[node + 1]! += 1;
    for (let node = 0; node < nodes; node += 1) starts[node + 1]! += starts[node]!;
    const filled = starts.slice();
    const ends = new Int32Array(words.length);
    for (const [number, node] of endOf.entries()) {
      ends[filled[node]!] = number;
      filled[node]! += 1;
    }
    yield;
    const fail = new Int32Array(nodes);
    const output = new Int32Array(nodes);
    const automaton = new Automaton({ mask, keys, targets, fail, output, starts, ends });
    for (const [n, node] of byDepth(parents, nodes).entries()) {
      if (n % NODES_AT_ONCE === NODES_AT_ONCE - 1) yield;
      const parent = parents[node]!;
      const shorter = parent === 0 ? 0 : automaton.#step(fail[parent]!, units[node]!);
      fail[node] = shorter;
      output[node] = starts[shorter]! < starts[shorter + 1]! ? shorter : output[shorter]!;
    }
    return automaton;
  }

  /** Calls `found` for each word in the first `length` of `units`: its number, and the index of its last unit. */
  scan(units: Uint16Array, length: number, found: (word: number, end: number) => void): void {
    let node = 0;
    for (let i = 0; i < length; i += 1) {
      node = this.#step(node, units[i]!);
      for (let at = node; at !== 0; at = this.#output[at]!) {
        for (let n = this.#starts[at]!; n < this.#starts[at + 1]!; n += 1) found(this.#ends[n]!, i);
      }
    }
  }

  #step(from: number, unit: number): number {
    for (let node = from; ; node = this.#fail[node]!) {
      const key = node * 0x10000 + unit;
      for (let slot = slotOf(node, unit) & this.#mask; this.#keys[slot] !== -1; slot = (slot + 1) & this.#mask) {
        if (this.#keys[slot] === key) return this.#targets[slot]!;
      }
      if (node === 0) return 0;
    }
  }
}

const slotOf = (node: number, unit: number): number => {
  const mixed = Math.imul(node * 31 + unit, HASH);
  return (mixed ^ (mixed >>> 15)) >>> 0;
};

/** All nodes but the root, the nearest to it first. A node comes after its parent. */
const byDepth = (parents: Int32Array, nodes: number): Int32Array => {
  const depths = new Int32Array(nodes);
  let deepest = 0;
  for (let node = 1; node < nodes; node += 1) {
    depths[node] = depths[parents[node]!]! + 1;
    deepest = Math.max(deepest, depths[node]!);
  }
  const next = new Int32Array(deepest + 2);
  for (let node = 1; node < nodes; node += 1) next[depths[node]! + 1]! += 1;
  for (let depth = 1; depth <= deepest; depth += 1) next[depth + 1]! += next[depth]!;
  const order = new Int32Array(nodes - 1);
  for (let node = 1; node < nodes; node += 1) {
    const place = next[depths[node]!]!;
    order[place] = node;
    next[depths[node]!] = place + 1;
  }
  return order;
};

export type NeighboursOptions = { settleMs: number; onChange: (node: string, alive: boolean) => void; now?: () => number };

/** Former names of this process that are remembered: what was written under them lasts no longer than a lease and the clearing up after it. */
const MAX_NAMES = 64;

/** Which processes are alive. After Redis was away or forgot everything, who was alive stays so until all have had the time to come back. */
export class Neighbours {
  readonly #settleMs: number;
  readonly #onChange: (node: string, alive: boolean) => void;
  readonly #now: () => number;
  readonly #names = new Set<string>();
  #alive = new Set<string>();
  #era: string | null = null;
  #settledAt = 0;

  constructor({ settleMs, onChange, now = () => performance.now() }: NeighboursOptions) {
    this.#settleMs = settleMs;
    this.#onChange = onChange;
    this.#now = now;
  }

  get settling(): boolean {
    return this.#now() < this.#settledAt;
  }

  isAlive(node: string): boolean {
    return this.#alive.has(node);
  }

  isSelf(node: string): boolean {
    return this.#names.has(node);
  }

  /** This process is called so from now on. */
  callSelf(name: string): void {
    this.#names.add(name);
    if (this.#names.size > MAX_NAMES) this.#names.delete(this.#names.keys().next().value!);
  }

  /** Nobody is taken for dead for a while. */
  settle(): void {
    if (this.#era !== null) this.#settledAt = this.#now() + this.#settleMs;
  }

  /** As Redis has it. True if Redis forgot what it knew. */
  take(era: string, nodes: readonly string[]): boolean {
    const forgot = this.#era !== null && this.#era !== era;
    if (forgot) this.settle();
    this.#era = era;
    const before = this.#alive;
    const others = nodes.filter((node) => !this.#names.has(node));
    this.#alive = new Set(this.settling ? [...others, ...before] : others);
    for (const node of before) if (!this.#alive.has(node)) this.#onChange(node, false);
    for (const node of this.#alive) if (!before.has(node)) this.#onChange(node, true);
    return forgot;
  }
}

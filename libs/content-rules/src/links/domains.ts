import { hostOf } from './find-links.ts';

/** Domains with all that is below them. */
export class Domains {
  readonly #hosts: ReadonlySet<string>;

  /** Those that are none are left out: see `domainOf`. */
  constructor(domains: readonly string[]) {
    this.#hosts = new Set(domains.flatMap((domain) => domainOf(domain) ?? []));
  }

  get size(): number {
    return this.#hosts.size;
  }

  /** By whole labels: `evil.example` has `a.evil.example`, not `notevil.example`. */
  has(host: string): boolean {
    for (let from = 0; from >= 0; from = host.indexOf('.', from) + 1 || -1) if (this.#hosts.has(host.slice(from))) return true;
    return false;
  }
}

/** A domain as a rule may name it, with or without `*.` before it, in its one spelling; `null`: it is none. */
export const domainOf = (domain: string): string | null => (/[\s/?#@\\]|:(?!.*\])/.test(domain) ? null : hostOf(domain.toLowerCase()));

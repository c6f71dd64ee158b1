import { newCmid, type NewServerAct, type RuleBook } from '@parley/domain';
import type { Rules, UserId } from '@parley/protocol';

export class MemoryRuleBook implements RuleBook {
  #version = 0;
  #rules: Rules = [];
  readonly #act: (act: NewServerAct) => Promise<unknown>;

  constructor(act: (act: NewServerAct) => Promise<unknown>) {
    this.#act = act;
  }

  async rules(): Promise<{ version: number; rules: Rules }> {
    return { version: this.#version, rules: this.#rules };
  }

  async saveRules(version: number, rules: Rules, by: UserId | null): Promise<number | null> {
    if (version !== this.#version) return null;
    this.#version += 1;
    this.#rules = rules;
    await this.#act({ act: 'rules.changed', version: this.#version, by, cmid: newCmid() });
    return this.#version;
  }
}

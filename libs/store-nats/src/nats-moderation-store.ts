import { ModerationByParts, type ModerationAnswers, type Unwatch } from '@parley/domain';
import { actsHintSubject } from '@parley/nats';
import { Asker, type AskerOptions } from './asker.ts';
import { MODERATION_CALL_NAMES, MODERATION_CALLS } from './moderation/index.ts';

/** As `NatsStore`, for moderation; with places of its own, so that acts on the server are heard of while everybody reads. */
export class NatsModerationStore extends ModerationByParts {
  readonly #asker: Asker;
  readonly #calls: ModerationAnswers;

  constructor(options: AskerOptions) {
    super();
    this.#asker = new Asker(options);
    this.#calls = Object.fromEntries(MODERATION_CALL_NAMES.map((name) =>
      [name, (...request: unknown[]) => this.#asker.ask(name, request, MODERATION_CALLS[name].timeoutMs)])) as unknown as ModerationAnswers;
  }

  watchActs(listener: () => void): Unwatch {
    const { nats, region } = this.#asker;
    const subscription = nats.nc.subscribe(actsHintSubject(region), { callback: (error) => { if (!error) listener(); } });
    return () => subscription.unsubscribe();
  }

  async close(): Promise<void> {}

  protected ask<T>(question: (parts: ModerationAnswers) => Promise<T>): Promise<T> {
    return question(this.#calls);
  }
}

export type Unsubscribe = () => void;

/** Typed events. A listener that throws harms neither the others nor the caller: what it threw goes to `onThrow`. */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<(event: never) => void>>();
  readonly #onThrow: (error: unknown, name: keyof Events) => void;

  constructor(onThrow: (error: unknown, name: keyof Events) => void) {
    this.#onThrow = onThrow;
  }

  on<N extends keyof Events>(name: N, listener: (event: Events[N]) => void): Unsubscribe {
    let ofName = this.#listeners.get(name);
    if (!ofName) this.#listeners.set(name, (ofName = new Set()));
    ofName.add(listener);
    return () => void ofName.delete(listener);
  }

  emit<N extends keyof Events>(name: N, event: Events[N]): void {
    const ofName = this.#listeners.get(name);
    if (!ofName) return;
    // A copy: a listener that is added meanwhile is not called.
    for (const listener of Array.from(ofName)) {
      try {
        (listener as (event: Events[N]) => void)(event);
      } catch (error) {
        this.#onThrow(error, name);
      }
    }
  }

  has(name: keyof Events): boolean {
    return (this.#listeners.get(name)?.size ?? 0) > 0;
  }
}

type Asked = { next: Promise<unknown> | null; running: Promise<void> };

/**
 * Shares one answer among callers who ask the same while it is being asked. Whoever comes while a question is under way
 * gets the answer of the next one, never of that: an answer is never older than the call. So a burst costs two questions.
 */
export class Coalescer {
  readonly #asked = new Map<string, Asked>();

  ask<T>(key: string, question: () => Promise<T>): Promise<T> {
    const under = this.#asked.get(key);
    if (!under) return this.#start(key, question);
    under.next ??= under.running.then(() => this.#start(key, question));
    return under.next as Promise<T>;
  }

  #start<T>(key: string, question: () => Promise<T>): Promise<T> {
    const answer = question();
    const over = (): void => {
      if (asked.next === null) this.#asked.delete(key);
    };
    const asked: Asked = { next: null, running: answer.then(over, over) };
    this.#asked.set(key, asked);
    return answer;
  }
}

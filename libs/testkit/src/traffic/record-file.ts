import { appendFileSync, closeSync, openSync, readSync, rmSync } from 'node:fs';

const CHUNK_BYTES = 64 * 1024;
const READ_BYTES = 1024 * 1024;

/** A history: records on disk, one line of JSON each, so that a million of them weigh nothing in memory. Iterated from the first one on, at any time. */
export class RecordFile<T> implements Iterable<T> {
  readonly path: string;
  #waiting = '';
  #count = 0;

  /** What stood there is gone. */
  constructor(path: string) {
    this.path = path;
    rmSync(path, { force: true });
    appendFileSync(path, '');
  }

  get count(): number {
    return this.#count;
  }

  append(record: T): void {
    this.#count += 1;
    this.#waiting += `${JSON.stringify(record)}\n`;
    if (this.#waiting.length >= CHUNK_BYTES) this.flush();
  }

  flush(): void {
    if (this.#waiting === '') return;
    appendFileSync(this.path, this.#waiting);
    this.#waiting = '';
  }

  *[Symbol.iterator](): Generator<T> {
    this.flush();
    const fd = openSync(this.path, 'r');
    const decoder = new TextDecoder();
    const chunk = Buffer.alloc(READ_BYTES);
    let rest = '';
    try {
      for (;;) {
        const bytes = readSync(fd, chunk);
        if (bytes === 0) break;
        const lines = (rest + decoder.decode(chunk.subarray(0, bytes), { stream: true })).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) yield JSON.parse(line) as T;
      }
    } finally {
      closeSync(fd);
    }
  }
}

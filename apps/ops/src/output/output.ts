import { printable, printableJson } from './printable.ts';
import { tableLines, type Column } from './table.ts';

/** `write` answers `false` where whoever reads is behind; `drain` tells when it is not any more. */
type Stream = { write(text: string): unknown; once?(event: 'drain', listener: () => void): unknown };

/** Where a command writes: what was asked for to one stream, what is said about it to the other. */
export class Output {
  readonly isJson: boolean;
  readonly #out: Stream;
  readonly #err: Stream;

  constructor({ json, out, err }: { json: boolean; out: Stream; err: Stream }) {
    this.isJson = json;
    this.#out = out;
    this.#err = err;
  }

  /** A list, whole: a table for people, else one JSON document. */
  list<T>(name: string, rows: readonly T[], columns: readonly Column<T>[], more: Record<string, unknown> = {}): void {
    if (this.isJson) return this.#write(printableJson({ [name]: rows, ...more }));
    if (rows.length === 0) return this.note(`no ${name}`);
    for (const line of tableLines(columns, rows)) this.#write(line);
  }

  /** One thing among others: lines for people, else one line of JSON. */
  item(value: unknown, ...lines: string[]): void {
    if (this.isJson) this.#write(printableJson(value));
    else for (const line of lines) this.#write(printable(line));
  }

  /** Lines made for a machine, as they are. Resolves once whoever reads keeps up: a long export never stands in memory. */
  async lines(lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    const isTaken = this.#out.write(`${lines.join('\n')}\n`) !== false;
    if (!isTaken) await new Promise<void>((resolve) => void (this.#out.once ? this.#out.once('drain', resolve) : resolve()));
  }

  /** Beside the answer, and not part of it. */
  note(line: string): void {
    this.#err.write(`${printable(line)}\n`);
  }

  #write(line: string): void {
    this.#out.write(`${line}\n`);
  }
}

import { RoomLogError, type ConsumerOptions, type Head, type LogConsumer, type LogPage, type NewEntry, type Position, type RoomLog, type RoomRef, type Unwatch } from '@parley/domain';
import type { RoomId } from '@parley/protocol';

/** A room log that is `unavailable` until the real one has been reached, so that a gateway can start before it. */
export class LateRoomLog implements RoomLog {
  #log: RoomLog | null = null;
  readonly #listeners = new Set<(live: boolean) => void>();

  /** The log is there from now on. */
  arrive(log: RoomLog): void {
    this.#log = log;
    log.onHeadsLive((live) => this.#tell(live));
    if (log.headsLive) this.#tell(true);
  }

  get id(): string {
    return this.#log?.id ?? '';
  }

  get headsLive(): boolean {
    return this.#log?.headsLive ?? false;
  }

  onHeadsLive(listener: (live: boolean) => void): Unwatch {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async append(ref: RoomRef, entry: NewEntry, expected: Position): Promise<Position> {
    return this.#there().append(ref, entry, expected);
  }

  async read(ref: RoomRef, from: Position, limit?: number): Promise<LogPage> {
    return this.#there().read(ref, from, limit);
  }

  async purge(ref: RoomRef, below: Position): Promise<Position> {
    return this.#there().purge(ref, below);
  }

  async watchHeads(roomId: RoomId, listener: (head: Head) => void): Promise<Unwatch> {
    return this.#there().watchHeads(roomId, listener);
  }

  async consumer(options: ConsumerOptions): Promise<LogConsumer> {
    return this.#there().consumer(options);
  }

  async close(): Promise<void> {
    await this.#log?.close();
  }

  #there(): RoomLog {
    if (!this.#log) throw new RoomLogError('unavailable', 'the log was not reached yet');
    return this.#log;
  }

  #tell(live: boolean): void {
    for (const listener of this.#listeners) listener(live);
  }
}

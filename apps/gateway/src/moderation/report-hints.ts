import type { UserId } from '@parley/protocol';
import type { FanOut } from '../fan-out/fan-out.ts';
import type { Io } from '../socket/io.ts';

/** How often one user is told. */
const TELL_EVERY_MS = 1_000;

/** Tells moderators that their queue has changed, at most once a second each, whichever gateways say so. A lost one costs a late list. */
export class ReportHints {
  readonly #io: Io;
  readonly #fanOut: Pick<FanOut, 'tellOfReports'>;
  /** Who was told within the last second, and whether there is more to tell. As many as are connected here, at most. */
  readonly #told = new Map<UserId, { again: boolean; timer: NodeJS.Timeout }>();

  constructor({ io, fanOut }: { io: Io; fanOut: Pick<FanOut, 'tellOfReports'> }) {
    this.#io = io;
    this.#fanOut = fanOut;
  }

  /** On all gateways. */
  tell(userIds: readonly UserId[]): void {
    if (userIds.length === 0) return;
    this.#fanOut.tellOfReports(userIds);
    this.tellHere(userIds);
  }

  tellHere(userIds: readonly UserId[]): void {
    for (const userId of userIds) {
      const told = this.#told.get(userId);
      if (told) told.again = true;
      else if (this.#io.of('/').adapter.rooms.has(userId)) this.#emit(userId);
    }
  }

  close(): void {
    for (const { timer } of this.#told.values()) clearTimeout(timer);
    this.#told.clear();
  }

  #emit(userId: UserId): void {
    this.#io.local.to(userId).emit('report:changed', {});
    const timer = setTimeout(() => {
      const { again } = this.#told.get(userId)!;
      this.#told.delete(userId);
      if (again) this.#emit(userId);
    }, TELL_EVERY_MS);
    timer.unref();
    this.#told.set(userId, { again: false, timer });
  }
}

import type { ModerationStore, Store } from '@parley/domain';
import type { ScriptedEntry } from '../../room-script.ts';

/** A running moderation store, and how rooms and users get into what it tells of. */
export type ModerationRig = {
  moderation: ModerationStore;
  store: Pick<Store, 'createUser'>;
  /** What persistence does: resolves once the entries are taken in. */
  takeIn: (entries: readonly ScriptedEntry[]) => Promise<void>;
  stop: () => Promise<void>;
};

export type ModerationCase = { name: string; run(rig: ModerationRig): Promise<void> };

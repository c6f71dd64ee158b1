import type { Store } from '@parley/domain';
import type { ScriptedEntry } from '../../room-script.ts';

/** A running store, and how things get into it. */
export type StoreRig = {
  store: Store;
  /** What persistence does: resolves once the entries are taken in. */
  takeIn: (entries: readonly ScriptedEntry[]) => Promise<void>;
  /** What is behind the store goes away, and comes back. */
  cut: () => Promise<void>;
  restore: () => Promise<void>;
  stop: () => Promise<void>;
};

export type StoreCase = { name: string; run(rig: StoreRig): Promise<void> };

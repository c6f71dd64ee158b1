import { newUserId, type Store } from '@parley/domain';

/** Between two tries. */
const RETRY_MS = 200;

export type StoreLatch = { readonly answered: boolean; close(): void };

/**
 * Whether the store has answered since the start: before, a gateway could not let anyone in. If it goes away later the
 * gateway stays ready, since messages are said and heard without it, and since all gateways would be unready at once.
 */
export const watchForStore = (store: Store): StoreLatch => {
  let answered = false;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const ask = async (): Promise<void> => {
    try {
      await store.findUsers([newUserId()]);
      answered = true;
    } catch {
      if (!closed) timer = setTimeout(() => void ask(), RETRY_MS);
    }
  };
  void ask();
  return {
    get answered() {
      return answered;
    },
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
};

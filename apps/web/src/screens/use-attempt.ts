import { useState } from 'react';
import { useStrings } from '@parley/ui';
import { errorText } from '../state/error-text.ts';

/** Something a dialog waits for: meanwhile it is busy, then it is over or says why not. */
export const useAttempt = (): { busy: boolean; error: string | undefined; attempt: (act: () => Promise<unknown>, done: () => void) => void } => {
  const strings = useStrings();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const run = async (act: () => Promise<unknown>, done: () => void) => {
    setBusy(true);
    setError(undefined);
    try {
      await act();
      setBusy(false);
      done();
    } catch (failure) {
      setError(errorText(failure, strings));
      setBusy(false);
    }
  };
  return { busy, error, attempt: (act, done) => void run(act, done) };
};

import { useCallback, useEffect, useRef, useState } from 'react';
import type { CaseId, CommandResponse } from '@parley/protocol';
import { useStrings } from '@parley/ui';
import type { ChatModel } from '../../state/chat-model.ts';
import { errorText } from '../../state/error-text.ts';

export type CaseDetails = CommandResponse<'report:get'>;
export type OpenCase = { detail: CaseDetails | null; error: string | undefined; reload: () => void; patch: (change: (detail: CaseDetails) => CaseDetails) => void };

/** What is told of a case follows its acts a little later: it is read again after this, ms. */
const REFRESH_MS = 1_500;

/** One case, read again whenever something changed. */
export const useCase = (chat: ChatModel, id: CaseId): OpenCase => {
  const strings = useStrings();
  const [detail, setDetail] = useState<CaseDetails | null>(null);
  const [error, setError] = useState<string>();
  const run = useRef(0);

  const load = useCallback(async () => {
    run.current += 1;
    const mine = run.current;
    try {
      const answer = await chat.client.moderation.getCase(id);
      if (mine !== run.current) return;
      setDetail(answer);
      setError(undefined);
    } catch (failure) {
      if (mine === run.current) setError(errorText(failure, strings));
    }
  }, [chat, id, strings]);

  useEffect(() => {
    const first = async () => load();
    void first();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const unsubscribe = [
      chat.client.on('reports', () => {
        timer ??= setTimeout(() => {
          timer = undefined;
          void load();
        }, REFRESH_MS * Math.random());
      }),
      chat.client.on('status', ({ status }) => { if (status === 'online') void load(); }),
    ];
    return () => {
      clearTimeout(timer);
      run.current += 1;
      for (const stop of unsubscribe) stop();
    };
  }, [chat, load]);

  const reload = useCallback(() => void load(), [load]);
  const patch = useCallback((change: (detail: CaseDetails) => CaseDetails) => {
    setDetail((before) => before && change(before));
    // What is under way was read before.
    run.current += 1;
    setTimeout(reload, REFRESH_MS);
  }, [reload]);
  return { detail, error, reload, patch };
};

import { useCallback, useEffect, useRef, useState } from 'react';
import type { CaseId, CaseStatus, CaseView, CommandInput, RoomId } from '@parley/protocol';
import { useStrings, type Loadable } from '@parley/ui';
import type { ChatModel } from '../../state/chat-model.ts';
import { errorText } from '../../state/error-text.ts';

/** The queue is read anew no more often than this, ms. */
const REFRESH_MS = 2_000;
/** Pages that are read anew at once; what is loaded beyond them is loaded again by who scrolls there. */
const MAX_REFRESHED = 5;
const NOTHING_YET: Loadable<CaseView> = { state: 'loading', items: [] };

export type Cases = {
  list: Loadable<CaseView>;
  more: () => Promise<void>;
  reload: () => void;
  /** A case as it is after something was done to it. */
  put: (changed: CaseView) => void;
};

/** Cases of the queue, read a page at a time, and anew whenever something in it changed. `keep` stays in its place even if it would not be listed any more. */
export const useCases = (chat: ChatModel, status: CaseStatus, roomId: RoomId | null, keep: CaseId | null): Cases => {
  const strings = useStrings();
  const [held, setHeld] = useState<{ of: string; list: Loadable<CaseView> }>({ of: '', list: NOTHING_YET });
  /** Another queue is empty until it is read. */
  const of = `${status} ${roomId ?? ''}`;
  const list = held.of === of ? held.list : NOTHING_YET;
  const setList = useCallback((change: (shown: Loadable<CaseView>) => Loadable<CaseView>) => setHeld((before) => ({ of, list: change(before.of === of ? before.list : NOTHING_YET) })), [of]);
  const place = useRef<{ next: CaseId | null; pages: number; run: number }>({ next: null, pages: 0, run: 0 });
  const kept = useRef(keep);
  useEffect(() => {
    kept.current = keep;
  });

  const read = useCallback(async (pages: number, from: CaseId | null, before: readonly CaseView[]) => {
    const { current } = place;
    current.run += 1;
    const { run } = current;
    const found: CaseView[] = [...before];
    let after = from;
    try {
      for (let page = 0; page < pages; page += 1) {
        const query: CommandInput<'report:list'> = { status, ...(roomId === null ? {} : { roomId }), ...(after === null ? {} : { after }) };
        const answer = await chat.client.moderation.cases(query);
        if (run !== current.run) return;
        found.push(...answer.cases);
        after = answer.next;
        if (after === null) break;
      }
      current.next = after;
      setList((shown) => ({ state: 'ready', items: keepIn(found, shown.items, kept.current), more: after !== null }));
    } catch (error) {
      if (run === current.run) setList((shown) => ({ state: 'failed', items: shown.items, message: errorText(error, strings) }));
    }
  }, [chat, status, roomId, strings, setList]);

  const reload = useCallback(() => void read(Math.max(1, Math.min(place.current.pages, MAX_REFRESHED)), null, []), [read]);

  useEffect(() => {
    const { current } = place;
    current.pages = 1;
    const first = async () => read(1, null, []);
    void first();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const unsubscribe = [
      chat.client.on('reports', () => {
        timer ??= setTimeout(() => {
          timer = undefined;
          reload();
        }, REFRESH_MS * Math.random());
      }),
      // What changed while one was away was not told.
      chat.client.on('status', ({ status: now }) => { if (now === 'online') reload(); }),
    ];
    return () => {
      clearTimeout(timer);
      current.run += 1;
      for (const stop of unsubscribe) stop();
    };
  }, [chat, read, reload]);

  const more = useCallback(async () => {
    const { current } = place;
    if (current.next === null) return;
    current.pages += 1;
    setList((shown) => ({ state: 'loading', items: shown.items }));
    await read(1, current.next, list.items);
  }, [read, list.items, setList]);

  const put = useCallback((changed: CaseView) => {
    setList((shown) => ({ ...shown, items: shown.items.map((item) => (item.id === changed.id ? changed : item)) }));
  }, [setList]);

  return { list, more, reload, put };
};

/** Each once; the kept one where it was. */
const keepIn = (found: readonly CaseView[], shown: readonly CaseView[], keep: CaseId | null): CaseView[] => {
  const items = [...new Map(found.map((item) => [item.id, item])).values()];
  const at = shown.findIndex(({ id }) => id === keep);
  const kept = shown[at];
  if (kept && !items.some(({ id }) => id === keep)) items.splice(Math.min(at, items.length), 0, kept);
  return items;
};

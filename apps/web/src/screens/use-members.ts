import { useCallback, useEffect, useMemo, useState } from 'react';
import type { MemberView, UserId } from '@parley/protocol';
import type { Loadable } from '@parley/ui';
import type { ChatModel } from '../state/chat-model.ts';
import { applyChanges, foldMembers, NO_CHANGES } from '../state/member-changes.ts';
import type { RoomModel } from '../state/room-model.ts';
import { usePages } from './use-pages.ts';

/** A room's members, a page at a time, kept as its log says. */
export const useMembers = (chat: ChatModel, model: RoomModel): { list: Loadable<MemberView>; more: () => void } => {
  const [changes, setChanges] = useState(NO_CHANGES);
  /** Counts how often the room was loaded anew: what came before must be read again. */
  const [load, setLoad] = useState(0);
  useEffect(() => {
    const unsubscribe = [
      model.handle.on('events', (events) => setChanges((before) => foldMembers(before, events))),
      model.handle.on('reset', () => {
        setChanges(NO_CHANGES);
        setLoad((count) => count + 1);
      }),
    ];
    return () => { for (const stop of unsubscribe) stop(); };
  }, [model]);
  const { list, more } = usePages<MemberView, UserId>(useCallback(async (after) => {
    const { members, next } = await model.handle.members(after ?? undefined);
    chat.learn(members);
    return { items: members, next };
    // oxlint-disable-next-line react/exhaustive-deps
  }, [chat, model, load]));
  return { list: useMemo(() => ({ ...list, items: applyChanges(list.items, changes) }), [list, changes]), more };
};

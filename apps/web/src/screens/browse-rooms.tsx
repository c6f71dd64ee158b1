import { useCallback, useState } from 'react';
import type { RoomId, RoomView } from '@parley/protocol';
import { BrowseRoomsDialog, useStrings, type Loadable, type BrowseRoom } from '@parley/ui';
import { useChat } from '../state/context.ts';
import { errorText } from '../state/error-text.ts';
import { goTo, roomHref } from '../state/route.ts';
import { usePages } from './use-pages.ts';

export const BrowseRooms = ({ onClose }: { onClose: () => void }) => {
  const strings = useStrings();
  const chat = useChat();
  const [busy, setBusy] = useState<RoomId | null>(null);
  const [error, setError] = useState<string>();
  const { list, more } = usePages<RoomView, RoomId>(useCallback(async (after) => {
    const { rooms, next } = await chat.client.listRooms({ scope: 'public', ...(after === null ? {} : { after }) });
    return { items: rooms, next };
  }, [chat]));

  const open = (id: RoomId) => {
    onClose();
    goTo(roomHref(id));
  };
  const join = async (id: RoomId) => {
    setBusy(id);
    setError(undefined);
    try {
      await chat.join(id);
      open(id);
    } catch (failure) {
      setError(errorText(failure, strings));
      setBusy(null);
    }
  };

  const items = list.items.map(({ id, name, topic, memberCount }): BrowseRoom => ({ id, name, topic, memberCount, joined: chat.isMine(id) }));
  const rooms: Loadable<BrowseRoom> = { ...list, items };
  return <BrowseRoomsDialog rooms={rooms} busy={busy} error={error} onJoin={(id) => void join(id)} onOpen={open} onMore={more} onClose={onClose} />;
};

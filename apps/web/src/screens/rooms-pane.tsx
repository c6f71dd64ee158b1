import { useState } from 'react';
import type { RoomId } from '@parley/protocol';
import { Button, EmptyState, RoomList, Sidebar, Skeleton, useStrings } from '@parley/ui';
import { useChat } from '../state/context.ts';
import { useStore } from '../state/store.ts';
import { BrowseRooms } from './browse-rooms.tsx';
import { CreateRoom } from './create-room.tsx';

export type RoomsPaneProps = { current: RoomId | null; onSignOut: () => void };

export const RoomsPane = ({ current, onSignOut }: RoomsPaneProps) => {
  const strings = useStrings();
  const chat = useChat();
  const { state, rooms } = useStore(chat.rooms);
  const [dialog, setDialog] = useState<'create' | 'browse' | null>(null);
  const close = () => setDialog(null);
  return (
    <>
      <Sidebar user={chat.me} onCreate={() => setDialog('create')} onBrowse={() => setDialog('browse')} onSignOut={onSignOut}>
        <RoomList rooms={rooms} current={current} />
        {state === 'loading' && rooms.length === 0 && <Skeleton label={strings.sidebar.loading} shape="rooms" />}
        {state === 'failed' && <EmptyState alert title={strings.sidebar.failed} action={<Button onClick={() => void chat.loadRooms()}>{strings.errors.retry}</Button>} />}
        {state === 'ready' && rooms.length === 0 && (
          <EmptyState title={strings.sidebar.empty} hint={strings.sidebar.emptyHint} action={<Button variant="primary" onClick={() => setDialog('create')}>{strings.sidebar.create}</Button>} />
        )}
      </Sidebar>
      {dialog === 'create' && <CreateRoom onClose={close} />}
      {dialog === 'browse' && <BrowseRooms onClose={close} />}
    </>
  );
};

import { useState } from 'react';
import { Button, EmptyState, RoomList, Sidebar, Skeleton, useStrings } from '@parley/ui';
import { useChat } from '../state/context.ts';
import { MODERATION_HREF, type Route } from '../state/route.ts';
import { useStore } from '../state/store.ts';
import { BrowseRooms } from './browse-rooms.tsx';
import { CreateRoom } from './create-room.tsx';

export type RoomsPaneProps = { route: Route; onSignOut: () => void };

export const RoomsPane = ({ route, onSignOut }: RoomsPaneProps) => {
  const strings = useStrings();
  const chat = useChat();
  const { state, rooms } = useStore(chat.rooms);
  const [dialog, setDialog] = useState<'create' | 'browse' | null>(null);
  const { admin, waiting } = useStore(chat.moderation.state);
  const close = () => setDialog(null);
  const moderation = admin || chat.moderated().length > 0 ? { href: MODERATION_HREF, waiting, current: route.at === 'moderation' } : undefined;
  return (
    <>
      <Sidebar user={chat.me} onCreate={() => setDialog('create')} onBrowse={() => setDialog('browse')} onSignOut={onSignOut} moderation={moderation}>
        <RoomList rooms={rooms} current={route.at === 'room' ? route.roomId : null} />
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

import { useEffect } from 'react';
import type { RoomId } from '@parley/protocol';
import { isolate, useStrings, type RoomListItem } from '@parley/ui';

/** The page's title: where one is (in a room, or `elsewhere`), and how much is unread. */
export const useTitle = (rooms: readonly RoomListItem[], current: RoomId | null, elsewhere?: string): void => {
  const strings = useStrings();
  const unread = rooms.reduce((sum, room) => sum + room.unread, 0);
  const name = elsewhere ?? rooms.find((room) => room.id === current)?.name;
  useEffect(() => {
    const title = name === undefined ? strings.appName : strings.titleRoom(isolate(name));
    document.title = unread > 0 ? strings.titleUnread(unread, title) : title;
  }, [strings, name, unread]);
};

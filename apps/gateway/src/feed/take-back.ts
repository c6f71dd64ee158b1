import type { RoomEvent } from '@parley/protocol';
import type { PageCache } from './page-cache.ts';
import type { Tail } from './tail.ts';

/** Whoever is sent from now on what is kept here does not get the body of a message that `event` takes back. */
export const takeBack = ({ roomId, type, data }: RoomEvent, tail: Tail, pages: PageCache): void => {
  if (type === 'message.deleted' || type === 'message.hidden') {
    tail.redact(data.messageId);
    pages.redact(roomId, data.messageId);
  } else if (type === 'message.restored') pages.forget(roomId);
};

import { useEffect, useState } from 'react';
import { Announcer, useStrings } from '@parley/ui';
import type { RoomModel } from '../state/room-model.ts';

/** What comes within this time is told together, ms. */
const GATHER_MS = 700;
/** Of a long message only the beginning is read out, in characters. */
const MAX_SPOKEN = 200;

/** Reads out what others say in the open room, from when it was opened; a burst is only counted. */
export const RoomAnnouncer = ({ model }: { model: RoomModel }) => {
  const strings = useStrings();
  const [text, setText] = useState('');

  useEffect(() => {
    let gathered: string[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tell = () => {
      setText(gathered.length === 1 ? gathered[0] ?? '' : strings.messages.announceMany(gathered.length));
      gathered = [];
    };
    const unsubscribe = model.heard.subscribe(() => {
      for (const event of model.heard.get()) {
        if (event.type === 'message.created') gathered.push(strings.messages.announce(event.data.name, event.data.body.slice(0, MAX_SPOKEN)));
      }
      clearTimeout(timer);
      timer = setTimeout(tell, GATHER_MS);
    });
    return () => {
      unsubscribe();
      clearTimeout(timer);
    };
  }, [model, strings]);

  return <Announcer text={text} />;
};

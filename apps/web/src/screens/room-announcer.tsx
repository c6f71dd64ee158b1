import { useEffect, useRef, useState } from 'react';
import { Announcer, useStrings } from '@parley/ui';
import type { RoomModel } from '../state/room-model.ts';
import { useStore } from '../state/store.ts';

/** What comes within this time is told together, ms. */
const GATHER_MS = 700;
/** Of a long message only the beginning is read out, in characters. */
const MAX_SPOKEN = 200;

/** Reads out what others say in the open room; a burst is only counted. */
export const RoomAnnouncer = ({ model }: { model: RoomModel }) => {
  const strings = useStrings();
  const heard = useStore(model.heard);
  // What was said before the room was opened is read, not announced.
  const told = useRef(heard);
  const [gathered, setGathered] = useState<readonly string[]>([]);
  const [text, setText] = useState('');

  useEffect(() => {
    if (told.current === heard) return;
    told.current = heard;
    const said = heard.flatMap((event) => (event.type === 'message.created' ? [strings.messages.announce(event.data.name, event.data.body.slice(0, MAX_SPOKEN))] : []));
    if (said.length > 0) setGathered((before) => [...before, ...said]);
  }, [heard, strings]);

  useEffect(() => {
    if (gathered.length === 0) return;
    const timer = setTimeout(() => {
      setText(gathered.length === 1 ? gathered[0] ?? '' : strings.messages.announceMany(gathered.length));
      setGathered([]);
    }, GATHER_MS);
    return () => clearTimeout(timer);
  }, [gathered, strings]);

  return <Announcer text={text} />;
};

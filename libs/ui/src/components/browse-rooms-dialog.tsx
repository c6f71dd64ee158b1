import { useState } from 'react';
import type { RoomId } from '@parley/protocol';
import { useStrings } from '../strings/strings.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { HashIcon } from './icons.tsx';
import type { Loadable } from './loadable.ts';
import { Spinner } from './spinner.tsx';
import { TextField } from './text-field.tsx';
import styles from './pick-list.module.css';

export type BrowseRoom = { id: RoomId; name: string; topic: string; memberCount: number; joined: boolean };

export type BrowseRoomsDialogProps = {
  rooms: Loadable<BrowseRoom>;
  /** The one being joined. */
  busy: RoomId | null;
  error?: string | undefined;
  onJoin: (id: RoomId) => void;
  onOpen: (id: RoomId) => void;
  onMore: () => void;
  onClose: () => void;
};

export const BrowseRoomsDialog = ({ rooms, busy, error, onJoin, onOpen, onMore, onClose }: BrowseRoomsDialogProps) => {
  const strings = useStrings();
  const [filter, setFilter] = useState('');
  const wanted = filter.trim().toLocaleLowerCase();
  const shown = rooms.items.filter((room) => room.name.toLocaleLowerCase().includes(wanted));
  return (
    <Dialog title={strings.browse.title} onClose={onClose}>
      <TextField label={strings.browse.filter} bare placeholder={strings.browse.filter} type="search" value={filter} error={error} data-focus-first onChange={(event) => setFilter(event.target.value)} />
      <ul className={styles.list}>
        {shown.map((room) => (
          <li key={room.id} className={styles.item}>
            <span className={styles.icon}><HashIcon /></span>
            <div className={styles.text}>
              <p className={styles.name} dir="auto">{room.name}</p>
              <p className={styles.note} dir="auto">{room.topic === '' ? strings.room.members(room.memberCount) : `${strings.room.members(room.memberCount)} · ${room.topic}`}</p>
            </div>
            {room.joined
              ? <Button aria-label={strings.browse.open(room.name)} onClick={() => onOpen(room.id)}>{strings.browse.joined}</Button>
              : <Button variant="primary" aria-label={strings.browse.joinRoom(room.name)} disabled={busy !== null} onClick={() => onJoin(room.id)}>{strings.browse.join}</Button>}
          </li>
        ))}
      </ul>
      {rooms.state === 'loading' && <Spinner label={strings.browse.loading} />}
      {rooms.state === 'failed' && <p className={styles.nothing} role="alert">{strings.browse.failed} {rooms.message} <Button variant="link" onClick={onMore}>{strings.errors.retry}</Button></p>}
      {rooms.state === 'ready' && shown.length === 0 && <p className={styles.nothing} role="status">{rooms.items.length === 0 ? strings.browse.empty : strings.browse.noMatch}</p>}
      {rooms.state === 'ready' && rooms.more && <div className={styles.more}><Button block onClick={onMore}>{strings.browse.more}</Button></div>}
    </Dialog>
  );
};

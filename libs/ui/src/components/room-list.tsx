import { useId } from 'react';
import type { PresenceStatus, RoomId, RoomKind } from '@parley/protocol';
import { useStrings } from '../strings/strings.ts';
import { Avatar } from './avatar.tsx';
import { HashIcon, LockIcon } from './icons.tsx';
import { VisuallyHidden } from './visually-hidden.tsx';
import styles from './room-list.module.css';

export type RoomListItem = {
  id: RoomId;
  kind: RoomKind;
  /** Of a direct room: the other's. */
  name: string;
  /** Of a direct room: the other. */
  peerId?: string | undefined;
  /** Of a direct room: the other's, where it is followed. */
  presence?: PresenceStatus | undefined;
  href: string;
  unread: number;
};

export type RoomListProps = { rooms: readonly RoomListItem[]; current: RoomId | null };

const MAX_SHOWN = 99;

const Item = ({ room, current }: { room: RoomListItem; current: boolean }) => {
  const strings = useStrings();
  return (
    <li>
      <a className={`${styles.item} ${room.unread > 0 ? styles.unread : ''}`} href={room.href} aria-current={current ? 'page' : undefined}>
        <span className={styles.icon}>
          {room.kind === 'direct' ? <Avatar id={room.peerId ?? room.id} name={room.name} size="small" presence={room.presence} /> : room.kind === 'private' ? <LockIcon /> : <HashIcon />}
        </span>
        <span className={styles.name} dir="auto" title={room.name}>{room.name}</span>
        {room.kind === 'private' && <VisuallyHidden>, {strings.sidebar.private}</VisuallyHidden>}
        {room.presence !== undefined && <VisuallyHidden>, {strings.presence[room.presence]}</VisuallyHidden>}
        {room.unread > 0 && (
          <span className={styles.badge}>
            <span aria-hidden="true">{room.unread > MAX_SHOWN ? `${MAX_SHOWN}+` : room.unread}</span>
            <VisuallyHidden>, {strings.sidebar.unread(room.unread)}</VisuallyHidden>
          </span>
        )}
      </a>
    </li>
  );
};

const Section = ({ title, rooms, current }: { title: string; rooms: readonly RoomListItem[]; current: RoomId | null }) => {
  const id = useId();
  if (rooms.length === 0) return null;
  return (
    <section className={styles.section} aria-labelledby={id}>
      <h2 id={id} className={styles.title}>{title}</h2>
      <ul>{rooms.map((room) => <Item key={room.id} room={room} current={room.id === current} />)}</ul>
    </section>
  );
};

export const RoomList = ({ rooms, current }: RoomListProps) => {
  const strings = useStrings();
  return (
    <>
      <Section title={strings.sidebar.rooms} rooms={rooms.filter((room) => room.kind !== 'direct')} current={current} />
      <Section title={strings.sidebar.direct} rooms={rooms.filter((room) => room.kind === 'direct')} current={current} />
    </>
  );
};

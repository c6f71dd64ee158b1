import type { PresenceView, RoomKind } from '@parley/protocol';
import { useNow } from '../hooks/use-now.ts';
import type { MembersPresence } from '../members/member-rows.ts';
import { agoOf } from '../presence/last-seen.ts';
import { useStrings } from '../strings/strings.ts';
import { Avatar } from './avatar.tsx';
import { IconButton } from './button.tsx';
import { BackIcon, EditIcon, HashIcon, LeaveIcon, LockIcon, PeopleIcon } from './icons.tsx';
import styles from './room-header.module.css';

export type RoomHeaderProps = {
  kind: RoomKind;
  name: string;
  topic: string;
  peerId?: string | undefined;
  memberCount: number;
  /** Of a direct room: the other's. */
  peerPresence?: PresenceView | undefined;
  /** How many are there; `null`: not known. */
  there: MembersPresence['counts'];
  /** What holds for everybody: `Read-only`, `Slow mode`. */
  marks?: readonly string[];
  backHref: string;
  membersOpen: boolean;
  onMembers: () => void;
  /** Absent where the reader may not change it. */
  onEdit?: (() => void) | undefined;
  /** Absent where it cannot be left. */
  onLeave?: (() => void) | undefined;
};

export const RoomHeader = ({ kind, name, topic, peerId, memberCount, peerPresence, there, marks = [], backHref, membersOpen, onMembers, onEdit, onLeave }: RoomHeaderProps) => {
  const strings = useStrings();
  return (
    <header className={styles.header}>
      <a className={styles.back} href={backHref} aria-label={strings.room.back} title={strings.room.back}><BackIcon size={22} /></a>
      <span className={styles.icon}>
        {kind === 'direct' ? <Avatar id={peerId ?? name} name={name} size="small" presence={peerPresence?.status} /> : kind === 'private' ? <LockIcon /> : <HashIcon size={20} />}
      </span>
      <div className={styles.text}>
        <h1 className={styles.name} dir="auto" title={name}>{name}</h1>
        {kind === 'direct'
          ? <p className={styles.topic} dir="auto">{peerPresence && <PeerPresence presence={peerPresence} />}</p>
          : (
            <p className={styles.topic}>
              {there && <span className={styles.there}><bdi>{strings.presence.counts(there)}</bdi></span>}
              {marks.map((mark) => <span key={mark} className={styles.mark}>{mark}</span>)}
              <bdi>{topic === '' ? strings.room.members(memberCount) : topic}</bdi>
            </p>
          )}
      </div>
      {onEdit && <IconButton label={strings.editRoom.open} icon={<EditIcon size={20} />} onClick={onEdit} />}
      <IconButton label={strings.room.showMembers} icon={<PeopleIcon size={20} />} aria-expanded={membersOpen} onClick={onMembers} />
      {onLeave && <IconButton danger label={strings.room.leave} icon={<LeaveIcon size={20} />} onClick={onLeave} />}
    </header>
  );
};

const MINUTE_MS = 60_000;

const PeerPresence = ({ presence: { status, lastSeenAt } }: { presence: PresenceView }) => {
  const strings = useStrings();
  const now = useNow(MINUTE_MS);
  return status === 'offline' && lastSeenAt !== undefined ? strings.presence.lastSeen(agoOf(lastSeenAt, now)) : strings.presence[status];
};

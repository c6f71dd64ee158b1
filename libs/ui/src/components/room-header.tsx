import type { RoomKind } from '@parley/protocol';
import { useStrings } from '../strings/strings.ts';
import { Avatar } from './avatar.tsx';
import { IconButton } from './button.tsx';
import { BackIcon, HashIcon, LeaveIcon, LockIcon, PeopleIcon } from './icons.tsx';
import styles from './room-header.module.css';

export type RoomHeaderProps = {
  kind: RoomKind;
  name: string;
  topic: string;
  peerId?: string | undefined;
  memberCount: number;
  backHref: string;
  membersOpen: boolean;
  onMembers: () => void;
  /** Absent where it cannot be left. */
  onLeave?: (() => void) | undefined;
};

export const RoomHeader = ({ kind, name, topic, peerId, memberCount, backHref, membersOpen, onMembers, onLeave }: RoomHeaderProps) => {
  const strings = useStrings();
  return (
    <header className={styles.header}>
      <a className={styles.back} href={backHref} aria-label={strings.room.back} title={strings.room.back}><BackIcon size={22} /></a>
      <span className={styles.icon}>
        {kind === 'direct' ? <Avatar id={peerId ?? name} name={name} size="small" /> : kind === 'private' ? <LockIcon /> : <HashIcon size={20} />}
      </span>
      <div className={styles.text}>
        <h1 className={styles.name} dir="auto" title={name}>{name}</h1>
        <p className={styles.topic} dir="auto">{topic === '' ? (kind === 'direct' ? '' : strings.room.members(memberCount)) : topic}</p>
      </div>
      <IconButton label={strings.room.showMembers} icon={<PeopleIcon size={20} />} aria-expanded={membersOpen} onClick={onMembers} />
      {onLeave && <IconButton danger label={strings.room.leave} icon={<LeaveIcon size={20} />} onClick={onLeave} />}
    </header>
  );
};

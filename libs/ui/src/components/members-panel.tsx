import { useEffect, useRef, useState } from 'react';
import type { MemberView, UserId } from '@parley/protocol';
import { useStrings } from '../strings/strings.ts';
import { Avatar } from './avatar.tsx';
import { Button, IconButton } from './button.tsx';
import { AddPersonIcon, ChatIcon, CloseIcon } from './icons.tsx';
import type { Loadable } from './loadable.ts';
import { Spinner } from './spinner.tsx';
import styles from './members-panel.module.css';

export type MembersPanelProps = {
  members: Loadable<MemberView>;
  me: UserId;
  /** Absent where the reader may not add anybody. */
  onAdd?: (() => void) | undefined;
  onMessage: (id: UserId) => void;
  onMore: () => void;
  onClose: () => void;
};

export const MembersPanel = ({ members, me, onAdd, onMessage, onMore, onClose }: MembersPanelProps) => {
  const strings = useStrings();
  const [copied, setCopied] = useState(false);
  const panel = useRef<HTMLElement>(null);

  // On a narrow page it covers the room, so the focus goes with it, and back.
  useEffect(() => {
    const before = document.activeElement;
    panel.current?.querySelector('button')?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);

  const copyId = () => {
    void navigator.clipboard?.writeText(me).then(() => setCopied(true), () => setCopied(false));
  };
  return (
    // Escape closes it, as it does a dialog.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <aside ref={panel} className={styles.panel} aria-label={strings.members.title} onKeyDown={(event) => { if (event.key === 'Escape') onClose(); }}>
      <header className={styles.header}>
        <h2 className={styles.title}>{strings.members.title}</h2>
        <IconButton label={strings.members.close} icon={<CloseIcon />} onClick={onClose} />
      </header>
      {onAdd && <div className={styles.add}><Button block onClick={onAdd}><AddPersonIcon /> {strings.members.add}</Button></div>}
      <ul className={styles.list}>
        {members.items.map((member) => (
          <li key={member.userId} className={styles.member}>
            <Avatar id={member.userId} name={member.name} size="small" />
            <div className={styles.text}>
              <p className={styles.name}><bdi>{member.name}</bdi>{member.userId === me && <span className={styles.you}> ({strings.members.you})</span>}</p>
              {member.role !== 'member' && <p className={styles.role}>{strings.members[member.role]}</p>}
            </div>
            {member.userId !== me && <IconButton small label={strings.members.message(member.name)} icon={<ChatIcon size={17} />} onClick={() => onMessage(member.userId)} />}
          </li>
        ))}
        {members.state === 'loading' && <li><Spinner label={strings.members.loading} /></li>}
        {members.state === 'failed' && <li className={styles.failed} role="alert">{strings.members.failed} <Button variant="link" onClick={onMore}>{strings.errors.retry}</Button></li>}
        {members.state === 'ready' && members.more && <li><Button block onClick={onMore}>{strings.members.more}</Button></li>}
      </ul>
      <footer className={styles.footer}>
        <Button variant="link" onClick={copyId}>{copied ? strings.members.copied : strings.members.copyId}</Button>
      </footer>
    </aside>
  );
};

import { useEffect, useMemo, useRef, useState } from 'react';
import type { MemberView, UserId } from '@parley/protocol';
import { memberRows, type MembersPresence } from '../members/member-rows.ts';
import { useStrings } from '../strings/strings.ts';
import { Button, IconButton } from './button.tsx';
import { AddPersonIcon, CloseIcon } from './icons.tsx';
import type { Loadable } from './loadable.ts';
import { MemberList, type MemberListProps } from './member-list.tsx';
import styles from './members-panel.module.css';

export type MembersPanelProps = {
  members: Loadable<MemberView>;
  /** Of the whole room. */
  memberCount: number;
  presence: MembersPresence;
  me: UserId;
  /** Absent where the reader may not add anybody. */
  onAdd?: (() => void) | undefined;
  /** Absent where the reader does not moderate. */
  onSanctions?: (() => void) | undefined;
  onMessage: (id: UserId) => void;
  manage: MemberListProps['manage'];
  onMore: () => void;
  onVisible: MemberListProps['onVisible'];
  onClose: () => void;
};

export const MembersPanel = ({ members, memberCount, presence, me, onAdd, onSanctions, onMessage, manage, onMore, onVisible, onClose }: MembersPanelProps) => {
  const strings = useStrings();
  const [copied, setCopied] = useState(false);
  const rows = useMemo(() => memberRows(members.items, presence, memberCount), [members.items, presence, memberCount]);
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
      {presence.counts && !presence.everybody && <p className={styles.counts}>{strings.presence.counts(presence.counts)}</p>}
      <MemberList
        rows={rows} state={members.state} more={members.state === 'ready' && members.more} me={me}
        onMessage={onMessage} manage={manage} onMore={onMore} onVisible={onVisible}
      />
      <footer className={styles.footer}>
        {onSanctions && <Button variant="link" onClick={onSanctions}>{strings.moderation.sanctions.open}</Button>}
        <Button variant="link" onClick={copyId}>{copied ? strings.members.copied : strings.members.copyId}</Button>
      </footer>
    </aside>
  );
};

import { useState } from 'react';
import type { MemberView, Role } from '@parley/protocol';
import { isolate } from '../text/direction.ts';
import { useStrings } from '../strings/strings.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import styles from './manage-member-dialog.module.css';

export type ManageMemberDialogProps = {
  member: MemberView;
  room: string;
  /** Only the owner gives roles. */
  mayGiveRoles: boolean;
  busy: boolean;
  error?: string | undefined;
  onRole: (role: Role) => void;
  onRemove: () => void;
  onClose: () => void;
};

type Asked = 'owner' | 'remove' | null;

/** What can be done about a member; what cannot be taken back by the same hand is asked once more. */
export const ManageMemberDialog = ({ member, room, mayGiveRoles, busy, error, onRole, onRemove, onClose }: ManageMemberDialogProps) => {
  const strings = useStrings();
  const [asked, setAsked] = useState<Asked>(null);
  const name = isolate(member.name);
  if (asked !== null) {
    const [title, explain, confirm, act] = asked === 'owner'
      ? [strings.manage.ownerQuestion(name), strings.manage.ownerExplain, strings.manage.makeOwner, () => onRole('owner')] as const
      : [strings.manage.removeQuestion(name, isolate(room)), strings.manage.removeExplain, strings.manage.remove, onRemove] as const;
    return (
      <Dialog
        key={asked} title={title} onClose={onClose}
        footer={<>
          <Button data-focus-first disabled={busy} onClick={() => setAsked(null)}>{strings.dialog.cancel}</Button>
          <Button variant="danger" disabled={busy} onClick={act}>{confirm}</Button>
        </>}
      >
        <p>{explain}</p>
        {error !== undefined && <p className={styles.error} role="alert">{error}</p>}
      </Dialog>
    );
  }
  return (
    <Dialog key="menu" title={strings.members.manage(name)} onClose={onClose}>
      <p className={styles.role}>{strings.manage.is(strings.manage.roles[member.role])}</p>
      <ul className={styles.actions}>
        {mayGiveRoles && member.role === 'member' && <li><Button block disabled={busy} data-focus-first onClick={() => onRole('moderator')}>{strings.manage.makeModerator}</Button><p className={styles.note}>{strings.manage.moderatorMay}</p></li>}
        {mayGiveRoles && member.role === 'moderator' && <li><Button block disabled={busy} data-focus-first onClick={() => onRole('member')}>{strings.manage.makeMember}</Button></li>}
        {mayGiveRoles && <li><Button block disabled={busy} onClick={() => setAsked('owner')}>{strings.manage.makeOwner}</Button></li>}
        <li><Button block variant="danger" disabled={busy} onClick={() => setAsked('remove')}>{strings.manage.remove}</Button></li>
      </ul>
      {error !== undefined && <p className={styles.error} role="alert">{error}</p>}
    </Dialog>
  );
};

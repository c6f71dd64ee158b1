import { useState } from 'react';
import type { MemberView, ReportCategory, Role } from '@parley/protocol';
import { isolate } from '../text/direction.ts';
import { useStrings } from '../strings/strings.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { ReasonDialog } from './reason-dialog.tsx';
import { ReportDialog } from './report-dialog.tsx';
import { SanctionDialog, type SanctionTerms } from './sanction-dialog.tsx';
import styles from './manage-member-dialog.module.css';

export type ManageMemberDialogProps = {
  member: MemberView;
  room: string;
  /** What the reader may do beside reporting; the server decides. */
  may: { giveRoles: boolean; moderate: boolean };
  busy: boolean;
  error?: string | undefined;
  onRole: (role: Role) => void;
  onRemove: (reason: string) => void;
  onMute: (terms: SanctionTerms) => void;
  onBan: (terms: SanctionTerms) => void;
  onReport: (category: ReportCategory, remark: string) => void;
  onClose: () => void;
};

type Asked = 'owner' | 'remove' | 'mute' | 'ban' | 'report' | null;

/** What can be done about a member; what needs a reason, or cannot be taken back by the same hand, is asked once more. */
export const ManageMemberDialog = ({ member, room, may, busy, error, onRole, onRemove, onMute, onBan, onReport, onClose }: ManageMemberDialogProps) => {
  const strings = useStrings();
  const { acts, report } = strings.moderation;
  const reportsOnly = !may.giveRoles && !may.moderate;
  const [asked, setAsked] = useState<Asked>(reportsOnly ? 'report' : null);
  const name = isolate(member.name);
  const asking = { busy, error, onClose };
  switch (asked) {
    case 'report': return <ReportDialog key={asked} {...asking} title={report.personTitle(name)} onReport={onReport} />;
    case 'mute': return <SanctionDialog key={asked} {...asking} title={acts.muteTitle(name)} explain={acts.muteExplain} confirm={acts.mute} onSubmit={onMute} />;
    case 'ban': return <SanctionDialog key={asked} {...asking} title={acts.banTitle(name, isolate(room))} explain={acts.banExplain} confirm={acts.ban} onSubmit={onBan} />;
    case 'remove': return <ReasonDialog key={asked} {...asking} danger optional title={strings.manage.removeQuestion(name, isolate(room))} explain={strings.manage.removeExplain} confirm={strings.manage.remove} onSubmit={onRemove} />;
    case 'owner': return (
      <Dialog
        key={asked} title={strings.manage.ownerQuestion(name)} onClose={onClose}
        footer={<>
          <Button data-focus-first disabled={busy} onClick={() => setAsked(null)}>{strings.dialog.cancel}</Button>
          <Button variant="danger" disabled={busy} onClick={() => onRole('owner')}>{strings.manage.makeOwner}</Button>
        </>}
      >
        <p>{strings.manage.ownerExplain}</p>
        {error !== undefined && <p className={styles.error} role="alert">{error}</p>}
      </Dialog>
    );
    case null: return (
      <Dialog key="menu" title={strings.members.manage(name)} onClose={onClose}>
        <p className={styles.role}>{strings.manage.is(strings.manage.roles[member.role])}</p>
        <ul className={styles.actions}>
          {may.giveRoles && member.role === 'member' && <li><Button block disabled={busy} data-focus-first onClick={() => onRole('moderator')}>{strings.manage.makeModerator}</Button><p className={styles.note}>{strings.manage.moderatorMay}</p></li>}
          {may.giveRoles && member.role === 'moderator' && <li><Button block disabled={busy} data-focus-first onClick={() => onRole('member')}>{strings.manage.makeMember}</Button></li>}
          {may.giveRoles && <li><Button block disabled={busy} onClick={() => setAsked('owner')}>{strings.manage.makeOwner}</Button></li>}
          <li><Button block disabled={busy} onClick={() => setAsked('report')}>{report.person(name)}</Button></li>
          {may.moderate && <>
            <li><Button block disabled={busy} onClick={() => setAsked('mute')}>{acts.mute}</Button></li>
            <li><Button block variant="danger" disabled={busy} onClick={() => setAsked('remove')}>{strings.manage.remove}</Button></li>
            <li><Button block variant="danger" disabled={busy} onClick={() => setAsked('ban')}>{acts.ban}</Button></li>
          </>}
        </ul>
        {error !== undefined && <p className={styles.error} role="alert">{error}</p>}
      </Dialog>
    );
  }
};

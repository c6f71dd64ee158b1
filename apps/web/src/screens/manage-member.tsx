import type { MemberView, RoomView, UserId } from '@parley/protocol';
import { isolateRtl, ManageMemberDialog, useStrings, type ManageMemberDialogProps } from '@parley/ui';
import { useChat } from '../state/context.ts';
import type { RoomModel } from '../state/room-model.ts';
import { useAttempt } from './use-attempt.ts';

/** What the reader may do about the member beside reporting; the server decides. */
export const mayDo = (info: RoomView, me: UserId, admin: boolean, member: MemberView): ManageMemberDialogProps['may'] => {
  if (info.kind === 'direct' || member.userId === me) return { giveRoles: false, moderate: false };
  const owner = info.role === 'owner';
  return { giveRoles: owner, moderate: owner || (admin && member.role !== 'owner') || (info.role === 'moderator' && member.role === 'member') };
};

export type ManageMemberProps = { model: RoomModel; name: string; member: MemberView; may: ManageMemberDialogProps['may']; onNotice: (text: string) => void; onClose: () => void };

export const ManageMember = ({ model, name, member, may, onNotice, onClose }: ManageMemberProps) => {
  const strings = useStrings();
  const { moderation } = useChat().client;
  const { busy, error, attempt } = useAttempt();
  const { id, handle } = model;
  const { userId } = member;
  const done = (text?: string) => () => {
    onClose();
    if (text !== undefined) onNotice(text);
  };
  const { done: told } = strings.moderation.acts;
  return (
    <ManageMemberDialog
      member={member} room={name} may={may} busy={busy} error={error}
      onRole={(role) => attempt(() => handle.setRole(userId, role), onClose)}
      onRemove={(reason) => attempt(() => handle.removeMember(userId, reason), onClose)}
      onMute={(terms) => attempt(() => moderation.mute(id, userId, terms), done(told.muted(isolateRtl(member.name))))}
      onBan={(terms) => attempt(() => moderation.ban(id, userId, terms), done(told.banned(isolateRtl(member.name))))}
      onReport={(category, remark) => attempt(() => moderation.report(id, { userId }, category, remark), done(strings.moderation.report.thanks))}
      onClose={onClose}
    />
  );
};

import type { MemberView, RoomView, UserId } from '@parley/protocol';
import { ManageMemberDialog } from '@parley/ui';
import type { RoomModel } from '../state/room-model.ts';
import { useAttempt } from './use-attempt.ts';

/** Whether the reader may do anything about the member; the server decides. */
export const mayManage = (info: RoomView, me: UserId, member: MemberView): boolean =>
  info.kind !== 'direct' && member.userId !== me && (info.role === 'owner' || (info.role === 'moderator' && member.role === 'member'));

export type ManageMemberProps = { model: RoomModel; info: RoomView; name: string; member: MemberView; onClose: () => void };

export const ManageMember = ({ model, info, name, member, onClose }: ManageMemberProps) => {
  const { busy, error, attempt } = useAttempt();
  return (
    <ManageMemberDialog
      member={member} room={name} mayGiveRoles={info.role === 'owner'} busy={busy} error={error}
      onRole={(role) => attempt(() => model.handle.setRole(member.userId, role), onClose)}
      onRemove={() => attempt(() => model.handle.removeMember(member.userId), onClose)} onClose={onClose}
    />
  );
};

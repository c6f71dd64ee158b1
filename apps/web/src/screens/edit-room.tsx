import type { RoomView } from '@parley/protocol';
import { EditRoomDialog } from '@parley/ui';
import type { RoomModel } from '../state/room-model.ts';
import { useAttempt } from './use-attempt.ts';

export const mayEdit = (info: RoomView): boolean => info.kind !== 'direct' && (info.role === 'owner' || info.role === 'moderator');

export const EditRoom = ({ model, info, onClose }: { model: RoomModel; info: RoomView; onClose: () => void }) => {
  const { busy, error, attempt } = useAttempt();
  return (
    <EditRoomDialog
      name={info.name} topic={info.topic} slowModeMs={info.slowModeMs ?? 0} readOnly={info.readOnly ?? false} busy={busy} error={error}
      onSave={(change) => attempt(() => model.handle.update(change), onClose)} onClose={onClose}
    />
  );
};

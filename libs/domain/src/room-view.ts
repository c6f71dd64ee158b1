import type { Role, RoomView } from '@parley/protocol';
import type { RoomState } from './state.ts';

/** A room as one user sees it. */
export const roomView = (state: RoomState, role: Role | null): RoomView => ({
  id: state.roomId,
  kind: state.kind,
  name: state.name,
  topic: state.topic,
  createdAt: state.createdAt,
  memberCount: state.memberCount,
  role,
  ...(state.slow ? { slowModeMs: state.slow.ms } : {}),
  ...(state.readOnly ? { readOnly: true } : {}),
  ...(state.pair ? { pair: state.pair } : {}),
});

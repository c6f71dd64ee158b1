import type { RoomSanctions } from '@parley/domain';

/** Of nobody. */
export class MemoryRoomSanctions implements RoomSanctions {
  roomSanctions: RoomSanctions['roomSanctions'] = async () => ({ sanctions: [], next: null });
  sanctionsAgainst: RoomSanctions['sanctionsAgainst'] = async () => [];
}

import { RoomLogError, StoreUnavailable } from '@parley/domain';
import { RoomAppenders } from '../room-appenders.ts';

/** The code under test: the real one, or a copy with one rule taken out. */
export type System = {
  RoomAppenders: typeof RoomAppenders;
  RoomLogError: typeof RoomLogError;
  StoreUnavailable: typeof StoreUnavailable;
};

export const realSystem: System = { RoomAppenders, RoomLogError, StoreUnavailable };

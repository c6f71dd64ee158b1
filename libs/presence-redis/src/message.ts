import type { Activity, UserId } from '@parley/protocol';

/** `null`: gone, since `lastSeenAt`. */
export type UserChange = [userId: UserId, status: Activity | null, lastSeenAt?: number];

/** What a process tells of its users in a room. Lossy: whoever has not the version `before` reads the room again. */
export type ChangeMessage = {
  node: string;
  version: number;
  /** The version of the last message before; 0: these are all it has in the room. */
  before: number;
  changes: UserChange[];
};

/** `null`: not one of ours, or of a version we do not know. */
export const parseMessage = (text: string): ChangeMessage | null => {
  try {
    const value = JSON.parse(text) as Partial<ChangeMessage>;
    const isMessage = typeof value.node === 'string' && Number.isSafeInteger(value.version) && Number.isSafeInteger(value.before) && Array.isArray(value.changes);
    return isMessage ? (value as ChangeMessage) : null;
  } catch {
    return null;
  }
};

import type { After, Cmid, CommandInput, RoomId, UserId } from '@parley/protocol';
import type { ErrorSanction } from './errors.ts';

/** Commands that wait in the outbox until the log has them. The others are answered while one waits. */
export const OUTBOX_COMMANDS = ['message:send', 'message:edit', 'message:delete'] as const;
export type OutboxCommand = (typeof OUTBOX_COMMANDS)[number];
type ChangeField = 'roomId' | 'cmid' | 'attempt' | 'after';
export type OutboxPayload<N extends OutboxCommand = OutboxCommand> = N extends OutboxCommand ? Omit<CommandInput<N>, ChangeField> : never;

/** One command as it is kept until its outcome is known. Plain JSON. */
export type OutboxItem = {
  [N in OutboxCommand]: {
    /** A ULID, rising with the order of sending. The same in every try. */
    cmid: Cmid;
    /** Whose it is: a client sends its own user's items only. */
    by: UserId;
    roomId: RoomId;
    command: N;
    payload: OutboxPayload<N>;
    /** What was known of the room when the item was made; never changed, so that a late retry shows as one. */
    after: After | null;
    /** Milliseconds since 1970. */
    createdAt: number;
    /** Set once it was refused for good. */
    failure?: { code: string; message: string; sanction?: ErrorSanction | undefined };
  };
}[OutboxCommand];

/**
 * Where the outbox survives a reload. Each method resolves once it is as durable as the storage gets; `put` of a known
 * cmid replaces. Called one at a time per item, for different items at once.
 *
 * Several clients may share one (two tabs and one IndexedDB): each reads it whenever it connects, so what a closed tab
 * left behind is sent by the next one. Two of them then may send one item: it has one cmid, so the server keeps one.
 */
export interface OutboxStorage {
  load(): Promise<OutboxItem[]>;
  put(item: OutboxItem): Promise<void>;
  remove(cmid: Cmid): Promise<void>;
}

/** Lives as long as the process: for tests, and for clients that may forget what they could not send. */
export const memoryOutbox = (): OutboxStorage => {
  const items = new Map<Cmid, OutboxItem>();
  return {
    load: () => Promise.resolve([...items.values()]),
    put: (item) => Promise.resolve(void items.set(item.cmid, item)),
    remove: (cmid) => Promise.resolve(void items.delete(cmid)),
  };
};

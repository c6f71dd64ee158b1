import type { EventId, UserId } from '@parley/protocol';

/** Where a message stands on its way: `queued` waits for the connection. */
export type DeliveryState = 'queued' | 'sending' | 'sent' | 'failed';

/** A message as the list shows it. The same object as long as nothing of it changes, so that its row need not be drawn again. */
export type MessageItem = {
  /** The same before and after the server has it. */
  key: string;
  /** `null` until the server has it. */
  id: EventId | null;
  by: UserId;
  name: string;
  at: number;
  /** `null` once deleted. */
  body: string | null;
  edited: boolean;
  mine: boolean;
  /** Whether the reader may delete it. */
  deletable: boolean;
  state: DeliveryState;
  /** Why it failed, for people. */
  failure?: string | undefined;
};

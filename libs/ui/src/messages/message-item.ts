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
  /** `null` once deleted, while hidden, and until it is fetched. */
  body: string | null;
  /** Why there is no body. */
  gone?: 'deleted' | 'hidden' | 'coming' | undefined;
  /** Why it is hidden. */
  reason?: string | undefined;
  /** Whether the reader moderates: hides and restores. */
  moderates: boolean;
  edited: boolean;
  mine: boolean;
  /** Whether the reader may delete it. */
  deletable: boolean;
  state: DeliveryState;
  /** It waits for slow mode. */
  waits?: boolean | undefined;
  /** Why it failed, for people. */
  failure?: string | undefined;
};

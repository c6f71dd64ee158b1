import type { RuleAction, UserId } from '@parley/protocol';

/** What is to be held against the rules. */
export type Said = {
  /** `message`: a new one. Changed ones and names are no new messages: they do not count, nor are they compared. */
  kind: 'message' | 'edit' | 'name';
  text: string;
  by: UserId;
  /** The sender's id for the command: the same one again is the same message. */
  cmid: string;
  /** Milliseconds since 1970: since when the account is there, and since when it is a member; `null`: not known, or for long. */
  accountSince: number | null;
  memberSince: number | null;
};

/** A rule that something is against. */
export type Finding = {
  ruleId: string;
  action: RuleAction;
  /** Told to the sender. */
  reason: string;
  /** Moderators of the room are not held to it. */
  sparesModerators: boolean;
};

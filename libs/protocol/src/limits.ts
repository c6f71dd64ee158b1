/**
 * Every bound of the wire contract, in one place. `docs/protocol.md` lists them and a test keeps it true.
 * Sizes are bytes of UTF-8, counts are items.
 */
export const LIMITS = {
  /** A message's body. A longer one is answered `too_large`. */
  bodyBytes: 16 * 1024,
  /** One Socket.IO packet. A larger one closes the socket (Engine.IO's `maxHttpBufferSize`). */
  frameBytes: 1_000_000,
  /** Nesting of a command's argument. */
  depth: 8,
  /** Values in a command's argument, all levels together: the largest command names 100 rooms. */
  values: 1_000,
  /** Commands of one socket that are not answered yet: more than a full burst of sends. One more is answered `busy`. */
  commandsInFlight: 400,
  /** A client's own id for a command. */
  cmidLength: 128,
  /** A user's name. */
  userNameLength: 64,
  /** A room's name. */
  roomNameLength: 80,
  /** A room's topic. */
  topicLength: 250,
  /** Rooms named by one `room:join`. */
  joinRooms: 100,
  /** Users named by one `user:get`. */
  getUsers: 100,
  /** Messages in one `room:history` page. */
  historyPage: 1_000,
  /** Events in one `room:sync` answer. */
  syncPage: 500,
  /** A gap above this many events is answered `reload`. */
  syncGap: 10_000,
  /** Rooms in one `room:list` page. */
  listPage: 100,
  /** Members in one `room:members` page. */
  membersPage: 200,
  /** Moderators of a room (its owner apart). */
  moderators: 100,
  /** Users there in a room, above which a watcher is told of how many and of those it named, instead of everybody. */
  presenceRoom: 1_000,
  /** Users named by one `presence:watch`. */
  presenceWindow: 200,
  /** How long a `typing:changed` holds without another, milliseconds. Whoever goes on typing says so again at half of it. */
  typingMs: 6_000,
  /** Rooms whose presence one socket watches. */
  presenceRooms: 50,
  /** Why a sanction, a hide, a rule. */
  reasonLength: 300,
  /** What a reporter or a moderator adds for moderators. */
  remarkLength: 2_000,
  /** The longest sanction for a time, milliseconds: ten years. */
  sanctionMs: 10 * 365 * 86_400_000,
  /** The longest pause of slow mode, milliseconds: six hours. */
  slowModeMs: 6 * 3_600_000,
  /** How long a claimed case is kept for whoever claimed it, milliseconds. */
  claimMs: 10 * 60_000,
  /** Cases in one `report:list` page. */
  casesPage: 100,
  /** Entries in one `audit:list` page. */
  auditPage: 200,
  /** Rules of a server. */
  rules: 1_000,
  /** Words, patterns and domains of all rules together. */
  rulePatterns: 20_000,
  /** JSON of all rules: it fits one frame, and one message between servers. */
  ruleBytes: 700_000,
  /** Values in the argument of `rule:save`, all levels together, instead of `values`. */
  ruleValues: 40_000,
  /** A word or phrase of a rule. */
  ruleWordLength: 200,
  /** A regular expression of a rule. */
  rulePatternLength: 500,
} as const;

/** Default send limit, per user: `perSecond` sustained, `burst` at once. A setting of the server. */
export const DEFAULT_SEND_RATE = { perSecond: 100, burst: 300 } as const;

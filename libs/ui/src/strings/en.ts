import { enModeration } from './en-moderation.ts';
import { plural } from './plural.ts';

const ago = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** Every word the interface says. Another language is another object of this shape. */
export const en = {
  appName: 'Parley',
  tagline: 'Talk it over.',
  titleUnread: (count: number, title: string) => `(${count}) ${title}`,
  titleRoom: (room: string) => `${room} · Parley`,

  signIn: {
    title: 'Sign in to Parley',
    name: 'Your name',
    hint: 'This is how others will see you.',
    submit: 'Sign in',
    busy: 'Signing in…',
    tooLong: (limit: number) => `A name has at most ${limit} characters.`,
    expired: 'Your session has ended. Please sign in again.',
    revoked: 'This session was ended by you on another device, or by an administrator. Please sign in again.',
  },

  sidebar: {
    label: 'Rooms',
    rooms: 'Rooms',
    direct: 'Direct messages',
    create: 'New room',
    browse: 'Browse rooms',
    signOut: 'Sign out',
    loading: 'Loading your rooms…',
    empty: 'No rooms yet',
    emptyHint: 'Create one, or join a public one.',
    failed: 'Your rooms could not be loaded.',
    you: (name: string) => `Signed in as ${name}`,
    unread: (count: number) => plural(count, 'unread message', 'unread messages'),
    unreadSome: 'Unread messages',
    private: 'Private room',
    public: 'Public room',
    invited: (room: string) => `You were added to ${room}`,
  },

  connection: {
    connecting: 'Connecting…',
    reconnecting: 'Reconnecting… What you send goes out once the connection is back.',
    offline: 'You are offline. What you send goes out once the connection is back.',
    stale: 'This room is not up to date: the server cannot confirm new messages at present.',
    retryNow: 'Try now',
  },

  room: {
    none: 'Pick a room',
    noneHint: 'Choose a conversation, or start a new one.',
    back: 'Back to rooms',
    members: (count: number) => plural(count, 'member', 'members'),
    showMembers: 'Members',
    leave: 'Leave room',
    leaveQuestion: (room: string) => `Leave ${room}?`,
    leavePublic: 'You can join again at any time.',
    leavePrivate: 'You will need to be added again to come back.',
    notFound: 'This room does not exist, or you are not a member of it.',
    notFoundTitle: 'Nothing to see here',
    failed: 'The messages could not be loaded.',
    join: 'Join room',
    fallbackName: 'Room',
    fallbackPerson: 'Direct message',
  },

  presence: {
    online: 'Online',
    away: 'Away',
    offline: 'Offline',
    unknown: 'Presence unknown',
    section: (status: 'online' | 'away' | 'offline', count: number) => `${{ online: 'Online', away: 'Away', offline: 'Offline' }[status]} · ${count.toLocaleString('en')}`,
    /** `complete: false`: a server cannot ask the others at present. */
    counts: ({ online, away, complete }: { online: number; away: number; complete: boolean }) =>
      `${complete ? '' : 'about '}${online.toLocaleString('en')} online${away > 0 ? `, ${away.toLocaleString('en')} away` : ''}`,
    lastSeen: (since: { value: number; unit: Intl.RelativeTimeFormatUnit } | null) => `last seen ${since === null ? 'just now' : ago.format(-since.value, since.unit)}`,
  },

  typing: (names: readonly string[]) => {
    const [first, second] = names;
    if (first === undefined) return '';
    if (second === undefined) return `${first} is typing…`;
    return names.length === 2 ? `${first} and ${second} are typing…` : 'Several people are typing…';
  },

  messages: {
    label: (room: string) => `Messages in ${room}`,
    loading: 'Loading messages…',
    loadingOlder: 'Loading older messages…',
    olderFailed: 'Older messages could not be loaded.',
    beginning: (room: string) => `This is where ${room} begins.`,
    beginningDirect: (name: string) => `This is where your conversation with ${name} begins.`,
    emptyHint: 'Say hello!',
    deleted: 'This message was deleted.',
    /** Of a message that was refused for good: it goes back into a field. */
    editUnsent: 'Edit and send again',
    edited: 'edited',
    sending: 'Sending…',
    queued: 'Waiting to be sent',
    sent: 'Sent',
    failed: 'Not sent.',
    retry: 'Retry',
    discard: 'Discard',
    edit: 'Edit',
    editLabel: 'Edit message',
    editHint: 'Enter to save, Escape to cancel',
    save: 'Save',
    cancel: 'Cancel',
    delete: 'Delete',
    deleteQuestion: 'Delete this message?',
    deleteExplain: 'Everybody in the room will see that it was deleted. This cannot be undone.',
    actions: 'Message actions',
    newMarker: 'New',
    newMessages: (count: number) => plural(count, 'new message', 'new messages'),
    jumpToLatest: 'Jump to latest',
    announce: (name: string, body: string) => `${name}: ${body}`,
    announceMany: (count: number) => plural(count, 'new message', 'new messages'),
    today: 'Today',
    yesterday: 'Yesterday',
  },

  composer: {
    label: (room: string) => `Message to ${room}`,
    placeholder: (room: string) => `Message ${room}`,
    send: 'Send message',
    hint: 'Enter to send, Shift+Enter for a new line',
    left: (bytes: number) => `${bytes.toLocaleString('en')} bytes left`,
    over: (bytes: number) => `${bytes.toLocaleString('en')} bytes too long`,
  },

  create: {
    title: 'New room',
    name: 'Name',
    namePlaceholder: 'e.g. garden-club',
    kind: 'Who can join?',
    public: 'Public',
    publicHint: 'Anyone may find and join it.',
    private: 'Private',
    privateHint: 'Only people who are added.',
    submit: 'Create room',
    busy: 'Creating…',
  },

  browse: {
    title: 'Browse rooms',
    filter: 'Find a room',
    join: 'Join',
    joinRoom: (room: string) => `Join ${room}`,
    joined: 'Joined',
    open: (room: string) => `Joined. Open ${room}`,
    loading: 'Loading rooms…',
    failed: 'The rooms could not be loaded.',
    empty: 'There are no public rooms yet.',
    noMatch: 'No room has this in its name.',
    more: 'Show more',
  },

  members: {
    title: 'Members',
    close: 'Close members',
    add: 'Add people',
    message: (name: string) => `Message ${name}`,
    manage: (name: string) => `Manage ${name}`,
    you: 'you',
    owner: 'Owner',
    moderator: 'Moderator',
    loading: 'Loading members…',
    failed: 'The members could not be loaded.',
    more: 'Show more',
    addTitle: (room: string) => `Add people to ${room}`,
    addFilter: 'Name or user ID',
    addHint: 'People you share a room with are listed. Anyone else can tell you their user ID.',
    addOne: (name: string) => `Add ${name}`,
    added: 'Added',
    addSubmit: 'Add',
    noMatch: 'Nobody you share a room with has this name.',
    noPeople: 'You do not share a room with anybody who is not here already.',
    copyId: 'Copy my user ID',
    copied: 'Copied',
  },

  manage: {
    roles: { owner: 'the owner', moderator: 'a moderator', member: 'a member' },
    is: (role: string) => `Is ${role} of this room.`,
    makeModerator: 'Make moderator',
    moderatorMay: 'Moderators add, remove, mute and ban members, hide and delete messages, and change the room.',
    makeMember: 'Make member',
    makeOwner: 'Make owner',
    ownerQuestion: (name: string) => `Make ${name} the owner?`,
    ownerExplain: 'You become a moderator, and only the new owner can give the room back.',
    remove: 'Remove from room',
    removeQuestion: (name: string, room: string) => `Remove ${name} from ${room}?`,
    removeExplain: 'They no longer see what is said here, until they join or are added again.',
  },

  editRoom: {
    title: 'Edit room',
    open: 'Edit room',
    name: 'Name',
    topic: 'Topic',
    topicHint: 'Shown below the name. May be empty.',
    submit: 'Save',
    busy: 'Saving…',
  },

  moderation: enModeration,

  dialog: { close: 'Close', cancel: 'Cancel' },

  errors: {
    retry: 'Try again',
    dismiss: 'Dismiss',
    offline: 'The server cannot be reached. Please try again.',
    generic: 'That did not work. Please try again.',
    crashed: 'Something went wrong on this page.',
    reload: 'Reload',
    codes: {
      bad_request: 'The server did not understand this.',
      too_large: 'This is too long.',
      guests_disabled: 'This server does not let guests sign in.',
      room_not_found: 'This room does not exist, or you are not a member of it.',
      message_not_found: 'This message is gone.',
      user_not_found: 'There is no user with this ID.',
      not_member: 'You are not a member of this room.',
      forbidden: 'You may not do this here.',
      limit_reached: 'A limit of this room is used up.',
      rate_limited: 'That was a little too fast. Please wait a moment.',
      busy: 'The room is very busy. Please try again.',
      unavailable: 'The server cannot do this right now. Please try again.',
      queue_full: 'Too much is waiting to be sent already.',
    } as Readonly<Record<string, string>>,
    ownerLeave: 'You own this room: make somebody else its owner before you leave.',
  },
};

export type Strings = typeof en;

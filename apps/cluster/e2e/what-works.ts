/**
 * What goes on while a part of the cluster is down: the table in docs/operations.md, each of whose cells is tried in
 * `what-works.e2e.test.ts`.
 */
export const DOWN = {
  gateway: 'a gateway',
  redis: 'Redis',
  nats: 'NATS',
  postgres: 'Postgres',
  worker: 'one of two persistence workers',
  workers: 'all persistence workers',
  moderation: 'all moderation workers',
} as const;
export type Down = keyof typeof DOWN;

/** `refused`: answered `unavailable`, which is retryable, and nothing is lost; of typing: nobody is told. `partly`: see the note. */
export type Outcome = 'works' | 'partly' | 'refused';
type Row = { does: string; outcomes: Record<Down, Outcome>; note?: string };

const row = (does: string, refusedBy: readonly Down[], partlyBy: readonly Down[] = [], note?: string): Row => ({
  does,
  outcomes: Object.fromEntries((Object.keys(DOWN) as Down[]).map((down) => [down, refusedBy.includes(down) ? 'refused' : partlyBy.includes(down) ? 'partly' : 'works'])) as Row['outcomes'],
  ...(note === undefined ? {} : { note }),
});

const STORE = ['nats', 'postgres', 'workers'] as const;

export const WHAT_WORKS = {
  connect: row('connect with a token', []),
  signIn: row('sign in as a guest', STORE),
  resume: row('come back to a room this gateway knows', ['nats']),
  join: row('join or open any other room', STORE),
  create: row('create a room', STORE),
  send: row('send in a room this gateway knows', ['nats'], [], 'What is refused waits in the outbox of the client.'),
  hear: row('hear what is sent on another gateway', ['nats'], [], 'Without Redis from the log, a moment later. Without NATS nothing new can be sent, and what a gateway is not sure of is withheld (`room:live`).'),
  sync: row('catch up after a short absence', ['nats']),
  history: row('read history', STORE),
  lists: row('lists of rooms and members, names', STORE),
  presence: row('see who is there', ['nats'], ['redis'], 'Partly: those on the same gateway; of the others what was last known, then nothing.'),
  typing: row('see who types', ['nats'], ['redis'], 'Partly: those on the same gateway.'),
  moderate: row('have hidden what moderation finds, in a room it knows', ['nats', 'moderation'], [], 'What the rules of the server hide, the gateways hide by themselves. What is said meanwhile is looked at afterwards; reports wait for Postgres.'),
} as const satisfies Record<string, Row>;
export type Capability = keyof typeof WHAT_WORKS;

const SIGNS: Record<Outcome, string> = { works: 'yes', partly: 'partly', refused: 'no' };

/** As Markdown. */
export const whatWorksTable = (): string => {
  const downs = Object.keys(DOWN) as Down[];
  const rows = Object.values<Row>(WHAT_WORKS);
  const notes = rows.flatMap(({ note }) => (note === undefined ? [] : [note]));
  const cells = rows.map(({ does, outcomes, note }) =>
    `| ${does}${note === undefined ? '' : ` [${notes.indexOf(note) + 1}]`} | ${downs.map((down) => SIGNS[outcomes[down]]).join(' | ')} |`);
  return [
    `| while down: | ${downs.map((down) => DOWN[down]).join(' | ')} |`, `| --- |${' --- |'.repeat(downs.length)}`, ...cells, '', ...notes.map((note, n) => `[${n + 1}] ${note}`),
  ].join('\n');
};

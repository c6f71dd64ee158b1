import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { COMMANDS, DEFAULT_SEND_RATE, ERROR_CODES, EVENT_DATA, handshakeSchema, LIMITS, PROTOCOL_VERSION, roomEventSchema, SERVER_EVENTS, SESSION_PATH, sessionRequestSchema, sessionResponseSchema, SOCKET_PATH, wireErrorSchema } from './index.ts';
import { changeFields } from './ids.ts';
import { NAMED, signature } from './testing/signature.ts';

const text = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8');

/** The text under the heading of this level, up to the next of the same level or above. */
const section = (title: string): string => {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === title);
  if (start < 0) throw new Error(`docs/protocol.md has no section ${title}`);
  const level = lines[start]!.indexOf(' ');
  const length = lines.slice(start + 1).findIndex((line) => /^#+ /.test(line) && line.indexOf(' ') <= level);
  return lines.slice(start + 1, length < 0 ? undefined : start + 1 + length).join('\n');
};
const headings = (within: string): string[] => [...section(within).matchAll(/^### `(.+)`$/gm)].map(([, name]) => name!);
/** `- label: \`signature\`` */
const labelled = (within: string): Record<string, string> =>
  Object.fromEntries([...section(within).matchAll(/^ *- `?(\w+)`?: `(.+)`$/gm)].map(([, label, value]) => [label!, value!]));
/** The cells of every row of the only table, without its head. */
const table = (within: string): string[][] =>
  section(within).split('\n').filter((line) => line.startsWith('| ')).slice(2)
    .map((line) => line.slice(2, -1).split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|')));
const code = (cell: string | undefined): string => /^`([^`]*)`/.exec(cell ?? '')?.[1] ?? `not code: ${cell}`;

const grouped = (n: number): string => n.toLocaleString('en').replaceAll(',', ' ');

describe('docs/protocol.md', () => {
  it('has every command and no other', () => {
    expect(headings('Commands')).toEqual(Object.keys(COMMANDS));
  });

  it.each(Object.entries(COMMANDS))('has the fields of %s and its answer as they are', (name, command) => {
    expect(labelled(`\`${name}\``)).toEqual({ request: signature(command.request), answer: signature(command.response) });
  });

  it('has the fields of every change as they are', () => {
    expect(section('Commands')).toContain(`\`...Change\`:\n\`${signature(z.object(changeFields), true)}\``);
  });

  it('has every server event and no other', () => {
    expect(headings('Server events')).toEqual(Object.keys(SERVER_EVENTS));
  });

  it.each(Object.entries(SERVER_EVENTS))('has the fields of %s as they are', (name, payload) => {
    expect(labelled(`\`${name}\``)).toEqual({ payload: signature(payload) });
  });

  it('has every event of the log with its data and no other', () => {
    expect(table('Events of the log').map(([type, data]) => [code(type), code(data)])).toEqual(Object.entries(EVENT_DATA).map(([type, data]) => [type, signature(data)]));
  });

  it('has the envelope of events as it is', () => {
    const options = (roomEventSchema as unknown as z.ZodDiscriminatedUnion).options as z.ZodObject[];
    expect(options).toHaveLength(Object.keys(EVENT_DATA).length);
    for (const option of options) {
      const { type, data, ...envelope } = option.shape;
      expect([type, data]).not.toContain(undefined);
      expect(labelled('Events of the log')['Event']).toBe(signature(z.object(envelope)).replace(/ }$/, ', type: string, data: object }'));
    }
  });

  it('has every error code, what it means and whether to retry, and no other', () => {
    expect(table('Errors').map(([name, retryable, , meaning]) => [code(name), retryable, meaning])).toEqual(
      Object.entries(ERROR_CODES).map(([name, { retryable, meaning }]) => [name, retryable ? 'yes' : 'no', meaning]),
    );
    expect(section('Errors')).toContain(`\`${signature(wireErrorSchema, true)}\``);
  });

  it('has every limit with its number and no other', () => {
    expect(table('Limits').map(([name, value]) => [code(name), Number(value)])).toEqual(Object.entries(LIMITS));
    expect(section('Limits')).toContain(`to ${DEFAULT_SEND_RATE.perSecond} a second with a burst of ${DEFAULT_SEND_RATE.burst}`);
  });

  it('has the same numbers in its prose', () => {
    expect(section('`message:send`')).toContain(`${grouped(LIMITS.bodyBytes)} bytes`);
    expect(section('`room:sync`')).toContain(`at most ${LIMITS.syncPage},`);
    expect(section('Follow a room')).toContain(`more than ${grouped(LIMITS.syncGap)} events`);
    expect(section('Follow a room')).toContain(`up to ${LIMITS.joinRooms} a call`);
  });

  it('has every type as it is and no other', () => {
    const types = table('Types').map(([name]) => code(name));
    // These two have a place of their own.
    expect([...types, 'Event', 'Error'].sort()).toEqual(Object.keys(NAMED).sort());
    for (const [name, matches = ''] of table('Types')) {
      const schema = NAMED[code(name) as keyof typeof NAMED];
      const pattern = schema instanceof z.ZodString ? schema.def.checks?.map((check) => (check._zod.def as { pattern?: RegExp }).pattern?.source).find(Boolean) : undefined;
      const written = signature(schema, true);
      // A string without bounds is told by its pattern alone.
      expect(matches).toContain(`\`${written === 'string' ? pattern : written}\``);
      expect(matches).toContain(pattern ?? written);
    }
  });

  it('has the way in as it is', () => {
    expect(labelled('Connect')).toEqual({ request: signature(sessionRequestSchema), answer: signature(sessionResponseSchema), auth: signature(handshakeSchema) });
    expect(section('Connect')).toContain(`\`POST ${SESSION_PATH}\``);
    expect(section('Connect')).toContain(`at \`${SOCKET_PATH}\``);
    expect(section('Connect')).toContain(`\`protocol\` is ${PROTOCOL_VERSION}.`);
    expect(text).toMatch(new RegExp(`^# The wire protocol, version ${PROTOCOL_VERSION}\n`));
    expect(section('Versions')).toContain(`This is version ${PROTOCOL_VERSION},`);
  });

  it('names nothing that does not exist', () => {
    const quoted = [...text.matchAll(/`([^`\n]+)`/g)].map(([, each]) => each!);
    const names = new Set<string>([...Object.keys(COMMANDS), ...Object.keys(SERVER_EVENTS)]);
    expect(quoted.filter((each) => /^[a-z]+:[a-z]+$/.test(each) && !names.has(each))).toEqual([]);
    expect(quoted.filter((each) => /^(room|member|message|epoch)\.[a-z_]+$/.test(each) && !(each in EVENT_DATA))).toEqual([]);
    expect(quoted.filter((each) => /^[a-z]+(_[a-z]+)+$/.test(each) && !(each in ERROR_CODES))).toEqual([]);
    for (const [, codes] of text.matchAll(/Errors(?:, also of each outcome)?: ([^.]+)\./g)) {
      for (const [, each] of codes!.matchAll(/`([a-z_]+)`/g)) expect(Object.keys(ERROR_CODES)).toContain(each);
    }
  });

  it('links to sections that it has', () => {
    const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) => title!.toLowerCase().replace(/[^a-z0-9 -]/g, '').replaceAll(' ', '-'));
    for (const [, anchor] of text.matchAll(/\]\(#([^)]+)\)/g)) expect(anchors).toContain(anchor);
  });
});

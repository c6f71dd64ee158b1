import type { AuditQuery, ModerationStore } from '@parley/domain';
import { roomIdSchema, userIdSchema, type AuditEntry } from '@parley/protocol';
import { command, idOf, noOperands, numberOf } from '../command.ts';
import { EXIT, OpsError } from '../exit-codes.ts';
import { csvLine } from '../output/csv.ts';
import type { Output } from '../output/output.ts';
import { printableJson } from '../output/printable.ts';
import { instant } from '../output/words.ts';
import { timeOf } from '../times.ts';

/** Lines asked for at once; what is exported never stands in memory whole. */
const PAGE = 1_000;
const TABLE_LIMIT = 100;

async function* pagesOf(moderation: ModerationStore, query: Omit<AuditQuery, 'limit' | 'before'>, limit: number): AsyncGenerator<{ entries: AuditEntry[]; more: boolean }> {
  let left = limit;
  for (let before: string | undefined; left > 0;) {
    const { entries, next } = await moderation.audit({ ...query, before, limit: Math.min(PAGE, left) });
    left -= entries.length;
    yield { entries, more: next !== null };
    if (next === null) return;
    before = next;
  }
}

const CSV_HEAD = ['at', 'act', 'by', 'room', 'user', 'message', 'reason', 'detail', 'until', 'id'];
const csvOf = ({ at, act, by, roomId, userId, messageId, reason, detail, until, id }: AuditEntry): string =>
  csvLine([instant(at), act, by, roomId, userId, messageId, reason, detail, until === null ? null : instant(until), id]);

type Pages = ReturnType<typeof pagesOf>;

const exportAs = async (pages: Pages, out: Output, lineOf: (entry: AuditEntry) => string): Promise<void> => {
  for await (const { entries } of pages) await out.lines(entries.map(lineOf));
};

const show = async (pages: Pages, out: Output): Promise<void> => {
  const rows: AuditEntry[] = [];
  let isMore = false;
  for await (const { entries, more } of pages) {
    rows.push(...entries);
    isMore = more;
  }
  out.list('lines', rows, [
    { title: 'AT', value: ({ at }) => instant(at) },
    { title: 'ACT', value: ({ act }) => act },
    { title: 'BY', value: ({ by }) => by ?? 'the server' },
    { title: 'USER', value: ({ userId }) => userId },
    { title: 'ROOM', value: ({ roomId }) => roomId },
    { title: 'UNTIL', value: ({ until }) => (until === null ? null : instant(until)) },
    { title: 'REASON', value: ({ reason, detail }) => [reason, detail].filter(Boolean).join(' · '), maxWidth: 80 },
  ]);
  if (isMore) out.note('there are more: --limit, or --format jsonl for all');
};

export const audit = command({
  name: 'audit',
  summary: 'Who did what to whom, the newest first: acts in rooms, on the server, and decisions on reports.',
  operands: '',
  options: {
    room: { type: 'string', value: 'ROOM', meaning: 'in this room alone' },
    by: { type: 'string', value: 'USER', meaning: 'done by this user, by id' },
    user: { type: 'string', value: 'USER', meaning: 'done to this user, by id' },
    act: { type: 'string', value: 'ACT', meaning: 'of this kind, as member.banned, user.banned or case.closed' },
    since: { type: 'string', value: 'TIME', meaning: 'from then on: 2026-05-01, 2026-05-01T12:00:00Z, or so long ago: 90min, 12h, 7d' },
    until: { type: 'string', value: 'TIME', meaning: 'before then' },
    text: { type: 'string', value: 'WORDS', meaning: 'with all of these words in the reason' },
    format: { type: 'string', value: 'FORMAT', meaning: 'table, jsonl (JSON, a line each; also --json) or csv' },
    limit: { type: 'string', value: 'N', meaning: `at most so many; a table has ${TABLE_LIMIT} by default, the others all` },
  },
  details: ['', 'jsonl and csv are written as they are read, however many lines there are. In csv nothing that a user wrote is a formula.'],
  run: async ({ positionals, values }, { target, out }) => {
    noOperands(positionals);
    const format = values.format ?? (out.isJson ? 'jsonl' : 'table');
    if (format !== 'table' && format !== 'jsonl' && format !== 'csv') throw new OpsError(EXIT.usage, '--format is table, jsonl or csv');
    const query = {
      roomId: idOf('room', roomIdSchema, values.room), by: idOf('by', userIdSchema, values.by), userId: idOf('user', userIdSchema, values.user), act: values.act, text: values.text,
      from: timeOf('since', values.since), until: timeOf('until', values.until),
    };
    const limit = numberOf('limit', values.limit, format === 'table' ? TABLE_LIMIT : Number.MAX_SAFE_INTEGER);
    const pages = pagesOf(await target.moderation(), query, limit);
    if (format === 'csv') await out.lines([csvLine(CSV_HEAD)]);
    if (format === 'table') await show(pages, out);
    else await exportAs(pages, out, format === 'csv' ? csvOf : printableJson);
    return EXIT.ok;
  },
});

import { caseStatusSchema, roomIdSchema, type CaseId, type CaseView } from '@parley/protocol';
import { command, idOf, noOperands, numberOf } from '../command.ts';
import { EXIT, OpsError } from '../exit-codes.ts';
import { ago } from '../output/words.ts';

const LIMIT = 100;
const PAGE = 100;

export const reports = command({
  name: 'reports',
  summary: 'The queue of what was reported, the longest waiting first.',
  operands: '',
  options: {
    room: { type: 'string', value: 'ROOM', meaning: 'of this room alone' },
    status: { type: 'string', value: 'STATUS', meaning: 'open (by default), claimed or closed' },
    limit: { type: 'string', value: 'N', meaning: `at most so many, ${LIMIT} by default` },
  },
  details: ['', 'What is to be done about them is decided by moderators, in the web client.'],
  run: async ({ positionals, values }, { target, out }) => {
    noOperands(positionals);
    const status = caseStatusSchema.safeParse(values.status ?? 'open');
    if (!status.success) throw new OpsError(EXIT.usage, '--status is open, claimed or closed');
    const roomId = idOf('room', roomIdSchema, values.room);
    const limit = numberOf('limit', values.limit, LIMIT);
    const moderation = await target.moderation();
    const found: CaseView[] = [];
    let next: CaseId | null = null;
    do {
      const page = await moderation.cases({
        in: roomId === undefined ? 'all' : { roomId }, notAbout: null, status: status.data, at: Date.now(), after: next ?? undefined, limit: Math.min(PAGE, limit - found.length),
      });
      found.push(...page.cases);
      next = page.next;
    } while (next !== null && found.length < limit);
    out.list('reports', found, [
      { title: 'CASE', value: ({ id }) => id },
      { title: 'WAITING', align: 'right', value: ({ openedAt }) => ago(openedAt) },
      { title: 'REPORTS', align: 'right', value: (each) => each.reports },
      { title: 'CATEGORIES', value: ({ categories }) => categories.join(', ') },
      { title: 'ABOUT', value: ({ userName }) => userName, maxWidth: 24 },
      { title: 'USER ID', value: ({ userId }) => userId },
      { title: 'WHAT', value: ({ messageId }) => (messageId === null ? 'the user' : 'a message') },
      { title: 'ROOM', value: ({ roomName, roomId: id }) => roomName || id, maxWidth: 28 },
      { title: 'STATE', value: ({ status: state, claimedBy, decision, decidedBy }) => [state, decision, claimedBy ?? decidedBy].filter(Boolean).join(' '), maxWidth: 48 },
    ], { more: next !== null });
    if (next !== null) out.note('there are more: --limit');
    return EXIT.ok;
  },
});

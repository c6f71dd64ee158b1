import type { RoomId } from '@parley/protocol';
import { sql } from 'kysely';
import { command, numberOf, type Command } from '../command.ts';
import { EXIT, OpsError, type ExitCode } from '../exit-codes.ts';
import { askGateways } from '../target/ask-gateways.ts';
import { roomIdOf } from './room-id-of.ts';

const LIMIT = 100;
/** Records of rooms asked for at once. */
const ABREAST = 8;

type Context = Parameters<Command['run']>[1];
type Stored = { roomId: RoomId; kind: string | null; name: string | null; members: number | null; epoch: number; seq: number; halted: string | null };

/** Where sockets listen, per gateway, with what the store knows of each room. */
const listened = async ({ target, out }: Context, node: string | undefined, limit: number): Promise<ExitCode> => {
  const directory = await target.nodes();
  const { rows, more, whole } = await askGateways({ directory, node, limit, out }, ({ instance }, query) => directory.ask(instance, 'rooms', query));
  const store = await target.store();
  const ids = [...new Set(rows.map(({ roomId }) => roomId))];
  const records = new Map<RoomId, Awaited<ReturnType<typeof store.seed>>>();
  for (let n = 0; n < ids.length; n += ABREAST) {
    // Without the store the rest is still worth showing.
    await Promise.all(ids.slice(n, n + ABREAST).map(async (roomId) => records.set(roomId, await store.seed(roomId).catch(() => null))));
  }
  const described = rows.map((row) => {
    const mark = records.get(row.roomId);
    return { ...row, kind: mark?.state.kind ?? null, name: mark?.state.name ?? null, members: mark?.state.memberCount ?? null, storedSeq: mark?.seq ?? null };
  });
  out.list('rooms', described, [
    { title: 'ROOM', value: ({ roomId }) => roomId },
    { title: 'NAME', value: ({ name }) => name, maxWidth: 24 },
    { title: 'KIND', value: ({ kind }) => kind },
    { title: 'MEMBERS', align: 'right', value: ({ members }) => members },
    { title: 'NODE', value: (row) => row.node },
    { title: 'LISTENERS', align: 'right', value: ({ listeners }) => listeners },
    { title: 'EPOCH', align: 'right', value: ({ epoch }) => epoch },
    { title: 'HEAD', align: 'right', value: ({ seq }) => seq },
    { title: 'STORED', align: 'right', value: ({ storedSeq }) => storedSeq },
    { title: 'STATE', value: ({ live }) => (live ? 'live' : 'silent') },
  ], { more });
  if (more) out.note('there are more: --limit');
  return whole ? EXIT.ok : EXIT.findings;
};

/** What was taken into the store, whether anybody listens or not. */
const stored = async ({ target, out }: Context, only: RoomId | null, limit: number): Promise<ExitCode> => {
  const { rows } = await sql<Stored>`
    select w.room_id as "roomId", r.kind, r.name, r.member_count as members, w.epoch, w.seq, w.halted
    from watermarks w left join rooms r using (room_id)
    where ${only === null ? sql`true` : sql`w.room_id = ${only}`} order by w.room_id limit ${limit + 1}`.execute((await target.database()).db);
  const more = rows.length > limit;
  if (only !== null && rows.length === 0) throw new OpsError(EXIT.notFound, `there is no room ${only}`);
  out.list('rooms', rows.slice(0, limit), [
    { title: 'ROOM', value: ({ roomId }) => roomId },
    { title: 'NAME', value: ({ name }) => name, maxWidth: 24 },
    { title: 'KIND', value: ({ kind }) => kind },
    { title: 'MEMBERS', align: 'right', value: ({ members }) => members },
    { title: 'EPOCH', align: 'right', value: ({ epoch }) => epoch },
    { title: 'STORED', align: 'right', value: ({ seq }) => seq },
    { title: 'STATE', value: ({ halted }) => (halted === null ? 'goes on' : `halted: ${halted}`), maxWidth: 80 },
  ], { more });
  if (more) out.note('there are more: --limit');
  return EXIT.ok;
};

export const rooms = command({
  name: 'rooms',
  summary: 'Rooms that somebody listens to, or what the store has of all, or of one.',
  operands: '[ROOM]',
  options: {
    node: { type: 'string', value: 'NODE', meaning: 'with listeners at this gateway alone' },
    all: { type: 'boolean', meaning: 'all that are stored, listened to or not' },
    limit: { type: 'string', value: 'N', meaning: `at most so many, ${LIMIT} by default` },
  },
  run: async ({ positionals, values: { node, all = false, limit } }, context) => {
    const most = numberOf('limit', limit, LIMIT);
    if (positionals.length > 0) return stored(context, roomIdOf(positionals), 1);
    if (all || (node === undefined && !(await context.target.hasNodes()))) return stored(context, null, most);
    return listened(context, node, most);
  },
});

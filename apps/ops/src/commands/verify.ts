import type { RoomId } from '@parley/protocol';
import { FINDINGS, storedRooms, TooMuch, verifyRoom, type VerifiedRoom } from '@parley/store-postgres';
import { command, numberOf, type Command } from '../command.ts';
import { EXIT, OpsError, type ExitCode } from '../exit-codes.ts';
import { failureOf } from '../failure.ts';
import { counted } from '../output/words.ts';
import { readWitness } from '../target/read-witness.ts';
import { roomIdOf } from './room-id-of.ts';

type Context = Parameters<Command['run']>[1];

const tell = ({ out }: Context, result: VerifiedRoom): void => {
  const { roomId, checked, findings, lost } = result;
  const total = Object.values(result.counts).reduce((sum, count) => sum + count, 0);
  const what = [counted(checked.events, 'event'), counted(checked.messages, 'message'), counted(checked.members, 'member'), `${checked.logEntries} in the log`].join(', ');
  out.item(result,
    `${roomId}  ${total === 0 ? 'in order' : counted(total, 'finding')}  (${what}${lost > 0 ? `; ${counted(lost, 'event')} lost with a log, listed in lost_events` : ''})`,
    ...findings.map(({ kind, epoch, seq, detail }) => `  ${kind}${seq === undefined ? '' : ` at ${epoch === undefined ? '' : `${epoch}/`}${seq}`}: ${detail}`),
    ...(total > findings.length ? [`  and ${total - findings.length} more`] : []),
    ...(findings.length > 0 ? [...new Set(findings.map(({ kind }) => kind))].map((kind) => `  ${kind} means: ${FINDINGS[kind]}`) : []));
};

/** Throws where it could not be checked. */
const check = async ({ target }: Context, roomId: RoomId): Promise<VerifiedRoom | null> => {
  const { db } = await target.database();
  const log = await target.log();
  return verifyRoom(db, roomId, { log: log === 'archive' ? 'archive' : await readWitness(log, db, roomId) });
};

const checkAll = async (context: Context, limit: number): Promise<ExitCode> => {
  let [rooms, bad, unchecked] = [0, 0, 0];
  for await (const roomId of storedRooms((await context.target.database()).db)) {
    if (rooms === limit) {
      context.out.note(`stopped after ${counted(limit, 'room')}: --limit`);
      break;
    }
    rooms += 1;
    try {
      const result = await check(context, roomId);
      if (!result) continue;
      if (result.findings.length > 0) bad += 1;
      tell(context, result);
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
      unchecked += 1;
      context.out.note(`${roomId} could not be checked: ${error.message}`);
    }
  }
  context.out.note(`${counted(rooms, 'room')}: ${rooms - bad - unchecked} in order, ${bad} with findings${unchecked > 0 ? `, ${unchecked} not checked` : ''}`);
  if (bad > 0) return EXIT.findings;
  return unchecked > 0 ? EXIT.unchecked : EXIT.ok;
};

export const verify = command({
  name: 'verify',
  summary: 'Compares log, archive, command table, watermark and projections of a room, or of all.',
  operands: '[ROOM]',
  options: {
    all: { type: 'boolean', meaning: 'all rooms that something was taken in of' },
    limit: { type: 'string', value: 'N', meaning: 'with --all: at most so many' },
  },
  details: ['', 'Changes nothing, and may run while the room is busy: each room is read in one snapshot. With --json: a line per room.'],
  run: async ({ positionals, values: { all = false, limit } }, context) => {
    if (all === positionals.length > 0) throw new OpsError(EXIT.usage, 'one room, or --all');
    const only = all ? null : roomIdOf(positionals);
    const most = numberOf('limit', limit, Number.MAX_SAFE_INTEGER);
    try {
      if (only === null) return await checkAll(context, most);
      const result = await check(context, only);
      if (!result) throw new OpsError(EXIT.unchecked, `there is no room ${only}`);
      tell(context, result);
      return result.findings.length > 0 ? EXIT.findings : EXIT.ok;
    } catch (error) {
      const { exitCode, message } = failureOf(error);
      if (exitCode === EXIT.defect && !(error instanceof TooMuch)) throw error;
      throw new OpsError(EXIT.unchecked, `could not be checked: ${error instanceof TooMuch ? error.message : message}`, { cause: error });
    }
  },
});

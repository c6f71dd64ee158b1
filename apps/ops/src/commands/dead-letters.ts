import type { DeadLetter, DeadLetters } from '@parley/domain';
import { command, noOperands, numberOf, operandOf } from '../command.ts';
import { EXIT, OpsError, type ExitCode } from '../exit-codes.ts';
import { counted, instant } from '../output/words.ts';
import { replayLetters } from '../replay/replay-letters.ts';

const LIMIT = 100;
/** What is looked through for one id, and replayed at once. */
const MOST = 10_000;

const all = async (letters: DeadLetters, limit: number): Promise<DeadLetter[]> => [...new Map((await letters.list(limit)).map((letter) => [letter.id, letter])).values()];

const find = async (letters: DeadLetters, ids: readonly string[]): Promise<DeadLetter[]> => {
  const known = new Map((await all(letters, MOST)).map((letter) => [letter.id, letter]));
  return ids.map((id) => known.get(id) ?? missing(id));
};
const missing = (id: string): never => {
  throw new OpsError(EXIT.notFound, `there is no dead letter ${id}`);
};

const list = command({
  name: 'dead-letters list',
  summary: 'What workers gave up on, oldest first.',
  operands: '',
  options: { limit: { type: 'string', value: 'N', meaning: `at most so many, ${LIMIT} by default` } },
  run: async ({ positionals, values: { limit } }, { target, out }) => {
    noOperands(positionals);
    const most = numberOf('limit', limit, LIMIT);
    const found = await all(await target.deadLetters(), most + 1);
    const more = found.length > most;
    out.list('dead letters', found.slice(0, most), [
      { title: 'ID', value: ({ id }) => id, maxWidth: 200 },
      { title: 'AT', value: ({ at }) => instant(at) },
      { title: 'CONSUMER', value: ({ consumer }) => consumer },
      { title: 'REASON', value: ({ reason }) => reason, maxWidth: 80 },
    ], { more });
    if (more) out.note('there are more: --limit');
    return EXIT.ok;
  },
});

const show = command({
  name: 'dead-letters show',
  summary: 'One of them, with what was to be handled.',
  operands: 'ID',
  options: {},
  run: async ({ positionals }, { target, out }) => {
    const [letter] = await find(await target.deadLetters(), [operandOf('id', positionals)]);
    out.item(letter, `id        ${letter!.id}`, `at        ${instant(letter!.at)}`, `consumer  ${letter!.consumer}`, `source    ${letter!.source}`, `reason    ${letter!.reason}`, `payload   ${letter!.payload}`);
    return EXIT.ok;
  },
});

const drop = command({
  name: 'dead-letters drop',
  summary: 'Removes one for good.',
  operands: 'ID',
  options: {},
  run: async ({ positionals }, { target, out }) => {
    const letters = await target.deadLetters();
    const [letter] = await find(letters, [operandOf('id', positionals)]);
    await letters.remove(letter!.id);
    out.item({ id: letter!.id, dropped: true }, `${letter!.id}  dropped`);
    return EXIT.ok;
  },
});

const replay = command({
  name: 'dead-letters replay',
  summary: 'Has them handled again; those that succeed are removed.',
  operands: '[ID …]',
  options: { all: { type: 'boolean', meaning: `all of them, at most ${MOST} at a time` } },
  details: [
    '', 'An event that could not be projected: the projections of its room are made anew from the archive. An entry that could not be',
    'taken in: its room goes on, and its worker has half a minute to take it in. What moderation could not look at: it goes into the moderators’',
    'queue. A letter is removed only after that; again is harmless.',
  ],
  run: async ({ positionals, values }, { target, out }) => {
    if ((values.all ?? false) === positionals.length > 0) throw new OpsError(EXIT.usage, 'ids, or --all');
    const letters = await target.deadLetters();
    const chosen = values.all ? await all(letters, MOST) : await find(letters, positionals);
    let [failed, code]: [number, ExitCode] = [0, EXIT.ok];
    for await (const { letter, failure } of replayLetters({ letters: chosen, deadLetters: letters, db: (await target.database()).db, reports: await target.moderation(), isAtRest: (await target.place()).isAtRest })) {
      if (failure !== null) [failed, code] = [failed + 1, EXIT.findings];
      out.item({ id: letter.id, replayed: failure === null, failure }, `${letter.id}  ${failure === null ? 'replayed' : `kept: ${failure}`}`);
    }
    out.note(`${counted(chosen.length - failed, 'dead letter')} replayed, ${failed} kept`);
    return code;
  },
});

export const deadLetters = [list, show, replay, drop];

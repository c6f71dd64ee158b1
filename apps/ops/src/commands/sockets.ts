import { command, noOperands, numberOf } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { ago, bytes } from '../output/words.ts';
import { askGateways } from '../target/ask-gateways.ts';

const LIMIT = 100;

export const sockets = command({
  name: 'sockets',
  summary: 'Who is connected, and where.',
  operands: '',
  options: {
    node: { type: 'string', value: 'NODE', meaning: 'of this gateway alone' },
    user: { type: 'string', value: 'USER', meaning: 'of this user alone, by id or name' },
    limit: { type: 'string', value: 'N', meaning: `at most so many, ${LIMIT} by default` },
  },
  run: async ({ positionals, values: { node, user, limit } }, { target, out }) => {
    noOperands(positionals);
    const directory = await target.nodes();
    const { rows, more, whole } = await askGateways({ directory, node, limit: numberOf('limit', limit, LIMIT), out }, ({ instance }, query) =>
      directory.ask(instance, 'sockets', { ...query, user }));
    out.list('sockets', rows, [
      { title: 'USER', value: ({ userName }) => userName, maxWidth: 24 },
      { title: 'USER ID', value: ({ userId }) => userId },
      { title: 'NODE', value: ({ node: name }) => name },
      { title: 'TRANSPORT', value: ({ transport }) => transport },
      { title: 'SINCE', align: 'right', value: ({ since }) => ago(since) },
      { title: 'ADDRESS', value: ({ address }) => address },
      { title: 'BUFFERED', align: 'right', value: ({ bufferedBytes }) => bytes(bufferedBytes) },
      { title: 'ROOMS', align: 'right', value: ({ rooms }) => rooms },
      { title: '', value: ({ roomIds, rooms }) => roomIds.slice(0, 2).join(' ') + (rooms > 2 ? ' …' : ''), maxWidth: 60 },
    ], { more });
    if (more) out.note('there are more: --limit');
    return whole ? EXIT.ok : EXIT.findings;
  },
});

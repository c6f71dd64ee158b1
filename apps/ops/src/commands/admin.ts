import { newCmid } from '@parley/domain';
import { command, noOperands, operandOf, type Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { instant } from '../output/words.ts';
import { actsInForce } from '../target/acts-in-force.ts';
import { findUser } from '../target/find-user.ts';
import { namesOf } from '../target/names-of.ts';

const HEARD = 'Every gateway knows within a second; nobody has to sign in again.';

const add = command({
  name: 'admin add', summary: 'Makes a user an admin of the server.', operands: 'USER', options: {},
  details: ['', 'USER is an id, or a name that only one user has.', HEARD],
  run: async ({ positionals }, { target, out }) => {
    const user = await findUser(target, operandOf('user', positionals));
    await (await target.moderation()).act({ act: 'user.made_admin', userId: user.id, by: null, cmid: newCmid() });
    out.item({ user, admin: true }, `${user.name} (${user.id}) is an admin`);
    return EXIT.ok;
  },
});

const remove = command({
  name: 'admin remove', summary: 'Makes an admin a user like all others.', operands: 'USER', options: {}, details: ['', HEARD],
  run: async ({ positionals }, { target, out }) => {
    const user = await findUser(target, operandOf('user', positionals));
    await (await target.moderation()).act({ act: 'user.unmade_admin', userId: user.id, by: null, cmid: newCmid() });
    out.item({ user, admin: false }, `${user.name} (${user.id}) is no admin`);
    return EXIT.ok;
  },
});

const list = command({
  name: 'admin list', summary: 'The admins of the server.', operands: '', options: {},
  run: async ({ positionals }, { target, out }) => {
    noOperands(positionals);
    const { admins } = await actsInForce(await target.moderation());
    const names = await namesOf(await target.store(), [...admins.keys()]);
    out.list('admins', [...admins.values()].flatMap((act) => ('userId' in act ? [{ userId: act.userId, name: names.get(act.userId) ?? null, since: act.at, by: act.by }] : [])), [
      { title: 'USER', value: ({ userId }) => userId },
      { title: 'NAME', value: ({ name }) => name, maxWidth: 32 },
      { title: 'SINCE', value: ({ since }) => instant(since) },
    ]);
    return EXIT.ok;
  },
});

export const admin: readonly Command[] = [add, remove, list];

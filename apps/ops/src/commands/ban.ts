import { newCmid } from '@parley/domain';
import { reasonSchema } from '@parley/protocol';
import { command, noOperands, operandOf, type Command } from '../command.ts';
import { durationOf } from '../duration.ts';
import { EXIT, OpsError } from '../exit-codes.ts';
import { instant } from '../output/words.ts';
import { actsInForce } from '../target/acts-in-force.ts';
import { findUser } from '../target/find-user.ts';
import { namesOf } from '../target/names-of.ts';

const untilText = (until: number | null): string => (until === null ? 'until it is undone' : `until ${instant(until)}`);

const ban = command({
  name: 'ban', summary: 'Shuts a user out of the whole server, and closes its connections.', operands: 'USER',
  options: {
    for: { type: 'string', value: 'TIME', meaning: 'how long: 30m, 12h, 2d, 4w; left out: until it is undone' },
    reason: { type: 'string', value: 'TEXT', meaning: 'told to the user' },
  },
  details: ['', 'USER is an id, or a name that only one user has. Another ban replaces the one there is. An admin has to be removed as one first.'],
  run: async ({ positionals, values: { for: time, reason: said } }, { target, out }) => {
    const operand = operandOf('user', positionals);
    const reason = reasonSchema.safeParse(said);
    if (!reason.success) throw new OpsError(EXIT.usage, '--reason is missing, or not one line of up to 300 characters');
    const until = time === undefined ? null : Date.now() + durationOf('for', time);
    const user = await findUser(target, operand);
    const moderation = await target.moderation();
    if ((await actsInForce(moderation)).admins.has(user.id)) throw new OpsError(EXIT.findings, `${user.name} is an admin, and cannot be banned`);
    await moderation.act({ act: 'user.banned', userId: user.id, until, reason: reason.data, by: null, cmid: newCmid() });
    out.item({ user, banned: true, until }, `${user.name} (${user.id}) is banned ${untilText(until)}`);
    return EXIT.ok;
  },
});

const unban = command({
  name: 'unban', summary: 'Lets a user in again.', operands: 'USER', options: {},
  run: async ({ positionals }, { target, out }) => {
    const user = await findUser(target, operandOf('user', positionals));
    await (await target.moderation()).act({ act: 'user.unbanned', userId: user.id, by: null, cmid: newCmid() });
    out.item({ user, banned: false }, `${user.name} (${user.id}) is not banned`);
    return EXIT.ok;
  },
});

const bans = command({
  name: 'bans', summary: 'Who is banned from the whole server.', operands: '', options: {},
  run: async ({ positionals }, { target, out }) => {
    noOperands(positionals);
    const found = [...(await actsInForce(await target.moderation())).bans.values()].map(({ userId, at, until, reason, by }) => ({ userId, since: at, until, reason, by }));
    const names = await namesOf(await target.store(), found.map(({ userId }) => userId));
    out.list('bans', found.map((each) => ({ ...each, name: names.get(each.userId) ?? null })), [
      { title: 'USER', value: ({ userId }) => userId },
      { title: 'NAME', value: ({ name }) => name, maxWidth: 24 },
      { title: 'SINCE', value: ({ since }) => instant(since) },
      { title: 'UNTIL', value: ({ until }) => (until === null ? 'undone' : instant(until)) },
      { title: 'REASON', value: ({ reason }) => reason, maxWidth: 40 },
    ]);
    return EXIT.ok;
  },
});

export const bansOfServer: readonly Command[] = [ban, unban, bans];

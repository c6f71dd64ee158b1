import { userIdSchema, type UserId, type UserView } from '@parley/protocol';
import { EXIT, OpsError } from '../exit-codes.ts';
import type { Target } from './target.ts';

/** Of the users of one name, as many are named. */
const SHOWN = 10;

/** The user of this id; or of this name, if no other is called so. Throws {@link OpsError}. */
export const findUser = async (target: Target, said: string): Promise<UserView> => {
  const id = userIdSchema.safeParse(said);
  if (id.success) {
    const [user] = await (await target.store()).findUsers([id.data]);
    if (!user) throw new OpsError(EXIT.notFound, `there is no user ${said}`);
    return user;
  }
  if ((await target.place()).databaseUrl === null) throw new OpsError(EXIT.usage, `${said} is not a user’s id; to look for names this needs DATABASE_URL`);
  const { db } = await target.database();
  const [user, ...more] = await db.selectFrom('users').select(['id', 'name']).where('name', '=', said).orderBy('id').limit(SHOWN + 1).execute();
  if (!user) throw new OpsError(EXIT.notFound, `there is no user of the id or the name ${said}`);
  if (more.length > 0) throw new OpsError(EXIT.usage, `${more.length >= SHOWN ? `more than ${SHOWN}` : more.length + 1} users are called ${said}: ${[user, ...more].slice(0, SHOWN).map((each) => each.id).join(', ')}`);
  return { id: user.id as UserId, name: user.name };
};

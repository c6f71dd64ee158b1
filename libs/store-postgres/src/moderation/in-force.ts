import type { ServerAct } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { UserId } from '@parley/protocol';
import type { Transaction } from 'kysely';

/** What an act is about: the later one about the same replaces the earlier. */
type About = { kind: string; user_id: UserId | ''; id: string };

/** `holds`: whether the act itself is in force from now on, rather than undoing another. */
const aboutOf = (act: ServerAct): { about: About; holds: boolean } => {
  const of = (kind: string, id: string = '', holds = true) => ({ about: { kind, user_id: 'userId' in act ? act.userId : ('' as const), id }, holds });
  switch (act.act) {
    case 'user.banned': return of('ban');
    case 'user.unbanned': return of('ban', '', false);
    case 'user.made_admin': return of('admin');
    case 'user.unmade_admin': return of('admin', '', false);
    case 'sessions.revoked': return of('sessions', act.except);
    case 'session.revoked': return of('session', act.sessionId);
    case 'device.revoked': return of('device', act.deviceId);
    case 'rules.changed': return of('rules');
  }
};

/** Keeps `acts_in_force` true: the acts that somebody who starts has to read, instead of all there ever were. */
export const noteInForce = async (trx: Transaction<Database>, act: ServerAct): Promise<void> => {
  const { about, holds } = aboutOf(act);
  await trx.deleteFrom('acts_in_force').where('ends', '<=', act.at).execute();
  // Whoever revokes all sessions of a user up to now has revoked each that was revoked before.
  if (act.act === 'sessions.revoked' && act.except === undefined) await revokeAll(trx, act.userId);
  const same = trx.deleteFrom('acts_in_force').where('kind', '=', about.kind).where('user_id', '=', about.user_id).where('id', '=', about.id);
  await same.execute();
  if (holds) await trx.insertInto('acts_in_force').values({ ...about, serial: act.serial, ends: 'until' in act ? act.until : null }).execute();
};

const revokeAll = async (trx: Transaction<Database>, userId: UserId): Promise<void> => {
  await trx.deleteFrom('acts_in_force').where('user_id', '=', userId).where('kind', 'in', ['sessions', 'session', 'device']).execute();
};


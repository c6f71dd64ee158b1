import { auditedAct, type InForcePage, type NewServerAct, type ServerAct, type ServerActBody, type ServerActs } from '@parley/domain';
import { advisoryKey, LOCKS, withTransaction, type Database } from '@parley/postgres';
import type { Cmid, UserId } from '@parley/protocol';
import { sql, type Kysely, type Transaction } from 'kysely';
import { cutByBytes } from '../bounds.ts';
import { noteInForce } from './in-force.ts';
import { recordActs } from './record-acts.ts';

/** Where the workers of one database tell each other that there are new acts. */
export const ACTS_CHANNEL = 'parley_server_acts';

type Row = { serial: number; at: number; by: string | null; cmid: string; body: unknown };
const actOf = ({ serial, at, by, cmid, body }: Row): ServerAct => ({ ...(body as ServerActBody), serial, at, by: by as UserId | null, cmid: cmid as Cmid });

/**
 * Stores an act, in a transaction that may do more; the same of the same (`by`, `cmid`) is answered as it was stored. The lock,
 * which is let go after the commit, makes serials rise in the order in which they can be seen.
 */
export const appendAct = async (trx: Transaction<Database>, { by, cmid, ...body }: NewServerAct): Promise<ServerAct> => {
  await sql`select pg_advisory_xact_lock(${advisoryKey(LOCKS.serverActs)})`.execute(trx);
  const stored = await trx.selectFrom('server_acts').select(['serial', 'at', 'by', 'cmid', 'body']).where(sql<boolean>`coalesce(by, '') = ${by ?? ''}`).where('cmid', '=', cmid).executeTakeFirst();
  if (stored) return actOf(stored);
  const { rows } = await sql<Row>`
    insert into server_acts (serial, at, by, cmid, body)
    select coalesce(max(serial), 0) + 1, (extract(epoch from clock_timestamp()) * 1000)::bigint, ${by}::text, ${cmid}::text, ${JSON.stringify(body)}::json
    from server_acts returning serial, at, by, cmid, body`.execute(trx);
  const act = actOf(rows[0]!);
  await noteInForce(trx, act);
  await recordActs(trx, [auditedAct(act)]);
  await sql`select pg_notify(${ACTS_CHANNEL}, '')`.execute(trx);
  return act;
};

const actsAfter = async (db: Kysely<Database>, after: number, limit: number): Promise<ServerAct[]> => {
  const rows = await db.selectFrom('server_acts').select(['serial', 'at', 'by', 'cmid', 'body']).where('serial', '>', after).orderBy('serial').limit(limit).execute();
  return cutByBytes(rows.map(actOf));
};

const inForce = (db: Kysely<Database>, after: number, limit: number): Promise<InForcePage> =>
  withTransaction(db, async (trx) => {
    const highest = await trx.selectFrom('server_acts').select(({ fn }) => fn.max('serial').as('serial')).executeTakeFirst();
    const { rows } = await sql<Row>`
      select serial, at, by, cmid, body from acts_in_force join server_acts using (serial)
      where serial > ${after} and (ends is null or ends > (extract(epoch from clock_timestamp()) * 1000)::bigint)
      order by serial limit ${limit + 1}`.execute(trx);
    const acts = cutByBytes(rows.slice(0, limit).map(actOf));
    return { acts, upTo: highest?.serial ?? 0, more: rows.length > acts.length };
  }, { isolation: 'repeatable read', readOnly: true });

export const serverActsOn = (db: Kysely<Database>): Omit<ServerActs, 'watchActs'> => ({
  act: (act) => withTransaction(db, (trx) => appendAct(trx, act)),
  actsAfter: (after, limit) => actsAfter(db, after, limit),
  inForce: (after, limit) => inForce(db, after, limit),
});

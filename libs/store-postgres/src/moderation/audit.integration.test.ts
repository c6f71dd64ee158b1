/** What only Postgres can show of the audit log: that nobody changes it, that a rebuild does not, and that it stays quick. */
import { newUserId, roomIdOf, newCmid, type AuditQuery } from '@parley/domain';
import { afterTests, withPostgres } from '@parley/testkit';
import { joined, openRoom, actor } from '@parley/testkit/room-script';
import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { PROJECTIONS, rebuildRoom } from '../index.ts';
import { ingestRig, type IngestRig } from '../testing/rig.ts';
import { auditStatement } from './audit.ts';
import { recordActs } from './record-acts.ts';

const cleanup = afterTests();

const ROWS = 20_000;
const PIECE = 2_000;

let rig: IngestRig;
beforeAll(async () => {
  const server = await withPostgres({ fsync: false, cleanup });
  rig = await ingestRig(server.url);
  cleanup(() => rig.database.close());
});

const idsOf = async (roomId: string): Promise<string[]> =>
  (await rig.database.db.selectFrom('audit').select('id').where('room_id', '=', roomId).orderBy('id').execute()).map(({ id }) => id);

const roomWithActs = async () => {
  const script = openRoom();
  const user = actor('Olaf');
  script.say(joined(user));
  script.say({ type: 'member.muted', data: { userId: user.id, until: null, reason: 'loud' } });
  script.say({ type: 'member.left', data: { userId: user.id } }, { type: 'member.banned', data: { userId: user.id, until: null, reason: 'louder' } });
  await rig.takeIn(script.entries);
  return script;
};

describe('the audit log', () => {
  test.each([
    ['update', sql`update audit set reason = 'nothing happened'`],
    ['delete', sql`delete from audit`],
    ['truncate', sql`truncate audit`],
    ['upsert', sql`insert into audit (id, at, act, reason, detail) select id, at, act, 'x', detail from audit on conflict (id) do update set reason = excluded.reason`],
  ])('refuses %s, to a replica too', async (_, statement) => {
    const script = await roomWithActs();
    const before = await idsOf(script.roomId);
    await expect(statement.execute(rig.database.db)).rejects.toMatchObject({ code: '23001', message: 'audit is append-only' });
    await expect(rig.database.db.connection().execute(async (session) => {
      await sql`set session_replication_role = replica`.execute(session);
      try {
        await statement.execute(session);
      } finally {
        await sql`reset session_replication_role`.execute(session);
      }
    })).rejects.toMatchObject({ code: '23001' });
    expect(await idsOf(script.roomId)).toEqual(before);
    expect(before).toHaveLength(3);
  });

  test('keeps what a rebuild finds again, and gets what it lacked', async () => {
    const script = await roomWithActs();
    const { db } = rig.database;
    const before = await db.selectFrom('audit').selectAll().where('room_id', '=', script.roomId).orderBy('id').execute();
    const options = { deadLetters: rig.deadLetters };
    expect(await rebuildRoom(db, script.roomId, options)).toBe(true);
    expect(await db.selectFrom('audit').selectAll().where('room_id', '=', script.roomId).orderBy('id').execute()).toEqual(before);

    const late = openRoom();
    late.say({ type: 'room.updated', data: { readOnly: true } });
    // As if it had been taken in before there was an audit log.
    await rig.takeIn(late.entries, { projections: PROJECTIONS.filter(({ name }) => name !== 'audit') });
    expect(await idsOf(late.roomId)).toEqual([]);
    await rebuildRoom(db, late.roomId, options);
    expect(await idsOf(late.roomId)).toEqual([late.events.at(-1)!.id]);
    await rebuildRoom(db, late.roomId, options);
    expect(await idsOf(late.roomId)).toEqual([late.events.at(-1)!.id]);
    expect(rig.deadLetters.letters.size).toBe(0);
  });

  test('is rolled back with what it tells of', async () => {
    const { db } = rig.database;
    const id = newCmid();
    await expect(db.transaction().execute(async (trx) => {
      await recordActs(trx, [{ id, at: 1, act: 'user.banned', by: null, roomId: null, userId: newUserId(), messageId: null, reason: '', detail: '', until: null }]);
      throw new Error('changed my mind');
    })).rejects.toThrow('changed my mind');
    expect(await db.selectFrom('audit').select('id').where('id', '=', id).execute()).toEqual([]);
  });

  test('finds a page by an index, whatever is asked for', { timeout: 60_000 }, async () => {
    const { db } = rig.database;
    const [room, user, moderator] = [roomIdOf(newUserId(), newCmid()), newUserId(), newUserId()];
    // In pieces that a busy machine finishes within a statement's time.
    for (let from = 1; from <= ROWS; from += PIECE) await sql`
      insert into audit (id, at, act, by, room_id, user_id, reason, detail)
      select 'bulk-' || n, 1700000000000 + n, (array['member.muted', 'member.banned', 'message.hidden'])[1 + n % 3],
        case when n % 500 = 0 then ${moderator} else 'u' || n % 300 end, case when n % 1000 = 0 then ${room} else 'r' || n % 2000 end,
        case when n % 5000 = 0 then ${user} else 'u' || n % 9000 end, case when n % 7000 = 0 then 'a rare word' else 'spam again' end, ''
      from generate_series(${from}::int, ${from + PIECE - 1}::int) as n`.execute(db);
    await sql`analyze audit`.execute(db);
    const planOf = async (query: Omit<AuditQuery, 'limit'>): Promise<string> => {
      const { rows } = await sql<{ 'QUERY PLAN': string }>`explain (costs off) ${auditStatement({ ...query, limit: 200 })}`.execute(db);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    };
    const far = { before: '1700000010000.bulk-10000' };
    for (const [query, index] of [
      [{}, 'audit_at'], [far, 'audit_at'], [{ roomId: room }, 'audit_room'], [{ roomId: room, ...far }, 'audit_room'], [{ by: moderator }, 'audit_by'], [{ userId: user }, 'audit_user'],
      [{ act: 'user.banned' }, 'audit_act'], [{ text: 'rare' }, 'audit_words'], [{ from: 1_700_000_000_000, until: 1_700_000_001_000 }, 'audit_at'],
    ] as const) {
      const plan = await planOf(query);
      expect(plan, JSON.stringify(query)).toContain(index);
      expect(plan, JSON.stringify(query)).not.toContain('Seq Scan');
    }
  });
});

import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { newCmid, newUserId, type ModerationStore, type NewServerAct, type ServerAct, type ServerActBody } from '@parley/domain';
import type { DeviceId, SessionId, UserId } from '@parley/protocol';
import { waitFor } from '../../wait-for.ts';
import type { ModerationCase } from './rig.ts';

const LATER = Date.now() + 3_600_000;

const newAct = (body: ServerActBody, by: UserId | null = null): NewServerAct => ({ ...body, by, cmid: newCmid() });
const banOf = (userId: UserId, until: number | null = null): ServerActBody => ({ act: 'user.banned', userId, until, reason: 'spam 🙂' });
/** Without what the store has added. */
const asGiven = ({ serial: _serial, at: _at, ...act }: ServerAct): NewServerAct => act;

const highest = async (store: ModerationStore): Promise<number> => (await store.inForce(Number.MAX_SAFE_INTEGER, 1)).upTo;
const allAfter = async (store: ModerationStore, after: number, limit: number): Promise<ServerAct[]> => {
  const found: ServerAct[] = [];
  for (;;) {
    const acts = await store.actsAfter(found.at(-1)?.serial ?? after, limit);
    ok(acts.length <= limit);
    if (acts.length === 0) return found;
    found.push(...acts);
  }
};
const allInForce = async (store: ModerationStore, limit: number): Promise<ServerAct[]> => {
  const found: ServerAct[] = [];
  for (;;) {
    const { acts, more } = await store.inForce(found.at(-1)?.serial ?? 0, limit);
    ok(acts.length <= limit);
    found.push(...acts);
    if (!more) return found;
  }
};

export const SERVER_ACTS: readonly ModerationCase[] = [
  {
    name: 'acts of every kind are read as they were done, in their order, page by page',
    run: async ({ moderation }) => {
      const [ada, admin, device, session] = [newUserId(), newUserId(), `device-${newCmid()}` as DeviceId, newCmid() as string as SessionId];
      const known = await highest(moderation);
      const given = [
        newAct({ act: 'user.made_admin', userId: admin }), newAct(banOf(ada, LATER), admin), newAct({ act: 'user.unbanned', userId: ada }, admin),
        newAct({ act: 'sessions.revoked', userId: ada, before: 5, until: LATER }), newAct({ act: 'sessions.revoked', userId: ada, before: 6, except: session, until: LATER }, ada),
        newAct({ act: 'session.revoked', userId: ada, sessionId: session, until: LATER }, ada), newAct({ act: 'device.revoked', userId: ada, deviceId: device, before: 7, until: LATER }),
        newAct({ act: 'rules.changed', version: 3 }, admin), newAct({ act: 'user.unmade_admin', userId: admin }), newAct(banOf(admin)),
      ];
      const stored: ServerAct[] = [];
      const began = Date.now();
      for (const each of given) stored.push(await moderation.act(each));
      deepStrictEqual(stored.map(asGiven), given);
      // The clock is another's, and may differ by some.
      ok(stored.every(({ at }) => Math.abs(at - began) < 60_000));
      for (const limit of [1, 3, 100]) deepStrictEqual(await allAfter(moderation, known, limit), stored);
      strictEqual(await highest(moderation), stored.at(-1)!.serial);
    },
  },
  {
    name: 'the same of the same is one act, also when it is sent twice at once; of another it is another',
    run: async ({ moderation }) => {
      const known = await highest(moderation);
      const [act, by] = [newAct(banOf(newUserId())), newUserId()];
      const first = await moderation.act(act);
      deepStrictEqual(await Promise.all([moderation.act(act), moderation.act({ ...act, reason: 'another' } as NewServerAct)]), [first, first]);
      const racing = { ...newAct(banOf(newUserId())), by };
      const [one, two] = await Promise.all([moderation.act(racing), moderation.act(racing)]);
      deepStrictEqual(one, two);
      const ofAnother = await moderation.act({ ...racing, by: newUserId() });
      deepStrictEqual(await allAfter(moderation, known, 100), [first, one, ofAnother]);
    },
  },
  {
    name: 'whoever has read up to a serial has missed none below it, while many act at once',
    run: async ({ moderation }) => {
      const known = await highest(moderation);
      const acting = new AbortController();
      const seen: ServerAct[] = [];
      const reading = (async () => {
        while (!acting.signal.aborted) seen.push(...(await moderation.actsAfter(seen.at(-1)?.serial ?? known, 7)));
      })();
      const done = await Promise.all(Array.from({ length: 60 }, () => moderation.act(newAct(banOf(newUserId(), LATER)))));
      acting.abort();
      await reading;
      seen.push(...(await allAfter(moderation, seen.at(-1)?.serial ?? known, 100)));
      deepStrictEqual(seen.map(({ serial }) => serial), done.map(({ serial }) => serial).toSorted((a, b) => a - b));
      strictEqual(new Set(seen.map(({ serial }) => serial)).size, 60);
    },
  },
  {
    name: 'what is in force is read in pages, and is all that a starter needs',
    run: async ({ moderation }) => {
      const [banned, free, admin, former, ada] = Array.from({ length: 5 }, () => newUserId()) as [UserId, UserId, UserId, UserId, UserId];
      const act = (body: ServerActBody) => moderation.act(newAct(body));
      const session = (n: number): ServerActBody => ({ act: 'session.revoked', userId: ada, sessionId: `s${n}` as SessionId, until: LATER });
      await act(banOf(banned));
      await act(banOf(free));
      await act({ act: 'user.made_admin', userId: admin });
      await act({ act: 'user.made_admin', userId: former });
      await act({ act: 'user.unmade_admin', userId: former });
      await act({ act: 'user.unbanned', userId: free });
      for (const n of [1, 2]) await act(session(n));
      await act({ act: 'sessions.revoked', userId: ada, before: 9, until: LATER });
      await act(session(3));
      await act({ act: 'rules.changed', version: 12 });
      await act(banOf(banned, LATER));
      const whole = await allInForce(moderation, 1_000);
      deepStrictEqual(await allInForce(moderation, 2), whole);
      deepStrictEqual(whole.map(({ serial }) => serial), whole.map(({ serial }) => serial).toSorted((a, b) => a - b));
      const last = new Map<string, ServerAct>();
      for (const each of whole) if ('userId' in each && [banned, free, admin, former].includes(each.userId)) last.set(each.userId, each);
      const isHeld = (userId: UserId, name: string) => last.get(userId)?.act === name;
      deepStrictEqual([isHeld(banned, 'user.banned'), isHeld(free, 'user.banned'), isHeld(admin, 'user.made_admin'), isHeld(former, 'user.made_admin')], [true, false, true, false]);
      strictEqual((last.get(banned) as { until: number }).until, LATER);
      const ofAda = whole.filter((each) => 'userId' in each && each.userId === ada);
      ok(ofAda.some((each) => each.act === 'sessions.revoked') && ofAda.some((each) => each.act === 'session.revoked' && each.sessionId === 's3'));
    },
  },
  {
    name: 'who watches is told of an act, wherever it was done, and not after they stopped',
    run: async ({ moderation }) => {
      let told = 0;
      let unwanted = 0;
      const stop = moderation.watchActs(() => { told += 1; });
      moderation.watchActs(() => { unwanted += 1; })();
      // Who watches may begin to hear a moment later: acts may be told of late, or not at all.
      await waitFor('a hint', async () => {
        await moderation.act(newAct({ act: 'user.unbanned', userId: newUserId() }));
        return told > 0;
      });
      stop();
      strictEqual(unwanted, 0);
    },
  },
];

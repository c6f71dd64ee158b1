import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Activity, PresenceStatus, UserId } from '@parley/protocol';
import { newUserId } from '../ids.ts';
import type { PresenceChange } from '../ports/presence.ts';
import { Roster } from './roster.ts';

const USERS = Array.from({ length: 3 }, newUserId);
const NODES = ['self', 'b', 'c'];

const build = () => {
  const alive = new Set(['b', 'c']);
  const told = new Map<UserId, PresenceStatus>();
  const changes: PresenceChange[] = [];
  const roster = new Roster({
    own: 'self', counts: (node) => alive.has(node),
    onChange: (change) => {
      changes.push(change);
      if (change.status === 'offline') told.delete(change.userId);
      else told.set(change.userId, change.status);
    },
  });
  return { alive, told, changes, roster };
};

type Step =
  | { do: 'put'; node: string; user: number; activity: Activity | null }
  | { do: 'replace'; node: string; records: [number, Activity][] }
  | { do: 'alive'; node: string; alive: boolean }
  | { do: 'blind'; blind: boolean };

const activity = fc.constantFrom<Activity>('online', 'away');
const user = fc.nat(USERS.length - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('put' as const), node: fc.constantFrom(...NODES), user, activity: fc.option(activity) }),
  fc.record({ do: fc.constant('replace' as const), node: fc.constantFrom(...NODES), records: fc.array(fc.tuple(user, activity)) }),
  fc.record({ do: fc.constant('alive' as const), node: fc.constantFrom('b', 'c'), alive: fc.boolean() }),
  fc.record({ do: fc.constant('blind' as const), blind: fc.boolean() }),
);

/** The rule itself, from all records. */
const expected = (records: Map<string, Map<UserId, Activity>>, alive: Set<string>, blind: boolean): Map<UserId, PresenceStatus> => {
  const statuses = new Map<UserId, PresenceStatus>();
  for (const userId of USERS) {
    const own = records.get('self')?.get(userId);
    const others = ['b', 'c'].filter((node) => alive.has(node)).flatMap((node) => records.get(node)?.get(userId) ?? []);
    const all = own ? [own, ...others] : others;
    if (all.length === 0) continue;
    if (blind) statuses.set(userId, own ?? 'unknown');
    else statuses.set(userId, all.includes('online') ? 'online' : 'away');
  }
  return statuses;
};

describe('a room’s roster', () => {
  it('is what all records come to, and whoever follows its changes knows the same', () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { alive, told, roster } = build();
      const records = new Map<string, Map<UserId, Activity>>(NODES.map((node) => [node, new Map()]));
      let blind = false;
      for (const each of steps) {
        if (each.do === 'put') {
          roster.put(each.node, USERS[each.user]!, each.activity);
          if (each.activity) records.get(each.node)!.set(USERS[each.user]!, each.activity);
          else records.get(each.node)!.delete(USERS[each.user]!);
        } else if (each.do === 'replace') {
          const all = new Map(each.records.map(([n, status]) => [USERS[n]!, status]));
          roster.replace(each.node, all);
          records.set(each.node, all);
        } else if (each.do === 'alive') {
          if (each.alive) alive.add(each.node);
          else alive.delete(each.node);
          roster.recount(each.node);
        } else {
          blind = each.blind;
          roster.setBlind(blind);
        }
        const now = expected(records, alive, blind);
        expect(new Map(roster.users())).toEqual(now);
        expect(told).toEqual(now);
        expect([roster.online, roster.away]).toEqual(['online', 'away'].map((status) => [...now.values()].filter((has) => has === status).length));
      }
    }));
  });

  it('tells a change of users only, and since when who goes is gone', () => {
    const { changes, roster } = build();
    const [ada] = USERS as [UserId];
    roster.put('b', ada, 'online');
    roster.put('c', ada, 'away');
    roster.put('self', ada, 'online');
    roster.put('b', ada, null, 5);
    roster.put('self', ada, null, 6);
    roster.put('c', ada, null, 7);
    expect(changes).toEqual([{ userId: ada, status: 'online' }, { userId: ada, status: 'away' }, { userId: ada, status: 'offline', lastSeenAt: 7 }]);
    expect(roster.nodes).toEqual([]);
  });
});

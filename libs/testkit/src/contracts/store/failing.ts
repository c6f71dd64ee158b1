import { ok, strictEqual } from 'node:assert';
import { StoreUnavailable, type Store } from '@parley/domain';
import { openRoom } from '../../room-script.ts';
import type { StoreCase } from './rig.ts';

const outcomeOf = (query: Promise<unknown>): Promise<unknown> => query.then(() => 'answered', (error: unknown) => error);

export const FAILING: readonly StoreCase[] = [
  {
    name: 'every query throws StoreUnavailable while what is behind is away, and is answered once it is back',
    run: async ({ store, takeIn, cut, restore }) => {
      const script = openRoom();
      const { roomId, owner } = script;
      await takeIn(script.entries);
      const queries: ((store: Store) => Promise<unknown>)[] = [
        (each) => each.seed(roomId),
        (each) => each.findCmids(roomId, [{ by: owner.id, cmid: script.events[0]!.cmid! }]),
        (each) => each.findTargets(roomId, { members: [owner.id], messages: [] }),
        (each) => each.history({ roomId, limit: 10 }),
        (each) => each.archive(roomId, 0, 10),
        (each) => each.listRooms({ userId: owner.id, scope: 'mine', limit: 10 }),
        (each) => each.members({ roomId, limit: 10 }),
        (each) => each.createUser(owner),
        (each) => each.findUsers([owner.id]),
        (each) => each.noteSeen([{ userId: owner.id, at: 1 }]),
        (each) => each.lastSeen([owner.id]),
      ];
      await cut();
      for (const query of queries) {
        const outcome = await outcomeOf(query(store));
        ok(outcome instanceof StoreUnavailable, `${query.toString()}: ${String(outcome)}`);
      }
      await restore();
      for (const query of queries) strictEqual(await outcomeOf(query(store)), 'answered');
    },
  },
];

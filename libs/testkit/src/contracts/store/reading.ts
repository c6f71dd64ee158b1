import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { foldMessages, type EventId, type MessageView, type RoomEvent } from '@parley/protocol';
import { isOf, openRoom, said, type RoomScript } from '../../room-script.ts';
import type { StoreCase, StoreRig } from './rig.ts';

/** What an answer may weigh, with room for its envelope. */
const ANSWER_BYTES = 560 * 1024;
const LONGEST_BODY = 16 * 1024;

const historyOf = async ({ store }: StoreRig, script: RoomScript, limit: number): Promise<MessageView[][]> => {
  const pages: MessageView[][] = [];
  for (let before: number | undefined; ;) {
    const page = await store.history({ roomId: script.roomId, before, limit });
    strictEqual(page.watermark?.seq, script.seq);
    pages.unshift(page.messages);
    ok(JSON.stringify(page).length <= ANSWER_BYTES, 'a page has a bound in bytes');
    if (!page.more) return pages;
    before = page.messages[0]!.seq;
  }
};

const archiveOf = async ({ store }: StoreRig, script: RoomScript, limit: number): Promise<RoomEvent[]> => {
  const events: RoomEvent[] = [];
  for (;;) {
    const page = await store.archive(script.roomId, events.at(-1)?.seq ?? 0, limit);
    strictEqual(page.upTo, script.seq);
    ok(page.events.length <= limit);
    ok(JSON.stringify(page).length <= ANSWER_BYTES, 'a page has a bound in bytes');
    events.push(...page.events);
    if (page.events.length === 0) return events;
  }
};

export const READING: readonly StoreCase[] = [
  {
    name: 'history of an unknown room is empty, and says so',
    run: async ({ store }) => deepStrictEqual(await store.history({ roomId: openRoom().roomId, limit: 10 }), { watermark: null, messages: [], hiddenBodies: [], more: false }),
  },
  {
    name: 'history pages backwards through every message, edits and deletes folded in',
    run: async (rig) => {
      const script = openRoom();
      for (let n = 0; n < 23; n += 1) script.say(said(`message ${n}`, script.owner));
      const messages = script.events.filter(isOf('message.created'));
      const edit = (n: number, body: string) => script.say({ type: 'message.edited', data: { messageId: messages[n]!.id, body } });
      const remove = (n: number) => script.say({ type: 'message.deleted', data: { messageId: messages[n]!.id } });
      edit(3, 'better');
      await rig.takeIn(script.entries);
      const before = script.entries.length;
      edit(7, 'later');
      edit(7, 'latest');
      remove(9);
      edit(11, 'in vain');
      remove(11);
      script.say(said('short-lived', script.owner));
      const last = script.events.at(-1)!;
      script.say({ type: 'message.edited', data: { messageId: last.id, body: 'changed' } }, { type: 'message.deleted', data: { messageId: last.id } });
      await rig.takeIn(script.entries.slice(before));
      const pages = await historyOf(rig, script, 10);
      deepStrictEqual(pages.map((page) => page.length), [4, 10, 10]);
      deepStrictEqual(pages.flat(), [...foldMessages(new Map(), script.events).values()]);
    },
  },
  {
    name: 'history shows no body of what is hidden, and keeps it apart until it is restored or deleted',
    run: async (rig) => {
      const script = openRoom();
      for (let n = 0; n < 6; n += 1) script.say(said(`message ${n}`, script.owner));
      const ids = script.events.filter(isOf('message.created')).map(({ id }) => id);
      const hide = (n: number) => script.say({ type: 'message.hidden', data: { messageId: ids[n]!, reason: `spam ${n}` }, by: null });
      const restore = (n: number) => script.say({ type: 'message.restored', data: { messageId: ids[n]! } });
      const check = async (): Promise<void> => {
        const bodies = new Map<EventId, string>();
        const messages = [...foldMessages(new Map(), script.events, bodies).values()];
        const page = await rig.store.history({ roomId: script.roomId, limit: 100 });
        deepStrictEqual(page.messages, messages);
        deepStrictEqual(new Map(page.hiddenBodies), bodies);
      };
      // In the batch of the message itself, and in later ones.
      hide(0);
      hide(1);
      restore(1);
      const later = [
        () => {
          script.say({ type: 'message.edited', data: { messageId: ids[2]!, body: 'better' } });
          hide(2);
          hide(3);
          hide(3);
        },
        () => {
          restore(0);
          restore(2);
          script.say({ type: 'message.deleted', data: { messageId: ids[3]! } });
          restore(3);
          hide(5);
          script.say({ type: 'message.edited', data: { messageId: ids[5]!, body: 'under the hide' } });
        },
      ];
      for (let taken = 0; ;) {
        await rig.takeIn(script.entries.slice(taken));
        await check();
        taken = script.entries.length;
        const next = later.shift();
        if (!next) return;
        next();
      }
    },
  },
  {
    name: 'history comes with the watermark even where it has no messages',
    run: async ({ store, takeIn }) => {
      const script = openRoom();
      await takeIn(script.entries);
      const page = await store.history({ roomId: script.roomId, limit: 10 });
      deepStrictEqual(page, { watermark: { logId: page.watermark?.logId, epoch: 1, seq: 2, position: 1, lastId: script.lastId }, messages: [], hiddenBodies: [], more: false });
    },
  },
  {
    name: 'long messages make short pages, and none is left out',
    run: async (rig) => {
      const script = openRoom();
      // The worst that JSON can make of a body: six bytes each.
      for (let n = 0; n < 30; n += 1) script.say(said(`${n}${'\u0001'.repeat(LONGEST_BODY - 2)}`, script.owner));
      await rig.takeIn(script.entries);
      const messages = [...foldMessages(new Map(), script.events).values()];
      deepStrictEqual((await historyOf(rig, script, 100)).flat(), messages);
      deepStrictEqual(await archiveOf(rig, script, 500), script.events);
    },
  },
  {
    name: 'the archive gives every event above a sequence, also from the middle of an entry',
    run: async (rig) => {
      const script = openRoom();
      for (let n = 0; n < 10; n += 1) script.say(said(`a ${n}`, script.owner), said(`b ${n}`, script.owner), said(`c ${n}`, script.owner));
      await rig.takeIn(script.entries);
      for (const limit of [1, 4, 500]) deepStrictEqual(await archiveOf(rig, script, limit), script.events);
      const { events, upTo } = await rig.store.archive(script.roomId, 3, 5);
      deepStrictEqual([events.map((event) => event.seq), upTo], [[4, 5, 6, 7, 8], 32]);
      deepStrictEqual(await rig.store.archive(script.roomId, 32, 5), { events: [], upTo: 32 });
      deepStrictEqual(await rig.store.archive(openRoom().roomId, 0, 5), { events: [], upTo: 0 });
    },
  },
  {
    name: 'the archive goes on over epochs',
    run: async (rig) => {
      const script = openRoom();
      for (let epoch = 1; epoch <= 3; epoch += 1) {
        for (let n = 0; n < 5; n += 1) script.say(said(`${epoch}/${n}`, script.owner));
        script.say({ type: 'epoch.sealed', data: { reason: 'a test' }, by: null });
        script.say(script.nextEpoch(), said(`opened ${epoch}`, script.owner));
      }
      await rig.takeIn(script.entries);
      strictEqual((await rig.store.seed(script.roomId))?.epoch, 4);
      for (const limit of [2, 7, 500]) deepStrictEqual(await archiveOf(rig, script, limit), script.events);
    },
  },
];

import type { Actor, NewReport } from '@parley/domain';
import type { EventId, RoomKind } from '@parley/protocol';
import { actor, isOf, joined, openRoom, said, type RoomScript } from '../../room-script.ts';
import type { ModerationRig } from './rig.ts';

/** A room with its owner, a moderator and two members, in which one of them has said something. */
export type Scene = {
  script: RoomScript;
  owner: Actor;
  moderator: Actor;
  reporter: Actor;
  offender: Actor;
  messageId: EventId;
  /** Of that message, by the reporter unless said otherwise. */
  report: (more?: Partial<NewReport>) => NewReport;
};

export const idOf = (script: RoomScript, body: string): EventId => script.events.filter(isOf('message.created')).find(({ data }) => data.body === body)!.id;

export const scene = async ({ takeIn, store }: ModerationRig, { kind = 'public', before = 0, after = 0 }: { kind?: RoomKind; before?: number; after?: number } = {}): Promise<Scene> => {
  const script = openRoom({ name: 'lobby', kind });
  const { owner } = script;
  const [moderator, reporter, offender] = [actor('Mo'), actor('Rita'), actor('Olaf')];
  script.say(joined(moderator), joined(reporter), joined(offender), { type: 'member.role_changed', data: { userId: moderator.id, role: 'moderator' } });
  for (let n = before; n > 0; n -= 1) script.say(said(`-${n}`, reporter));
  script.say(said('offence', offender));
  for (let n = 1; n <= after; n += 1) script.say(said(`+${n}`, reporter));
  await Promise.all([owner, moderator, reporter, offender].map((each) => store.createUser(each)));
  await takeIn(script.entries);
  const messageId = idOf(script, 'offence');
  return {
    script, owner, moderator, reporter, offender, messageId,
    report: (more = {}) => ({ roomId: script.roomId, messageId, userId: offender.id, by: reporter.id, category: 'spam', remark: 'look', at: 1_000, ...more }),
  };
};

import { cmidKey, decide, evolve, messageChange, NOBODY, standingChange, targetsOf, type CommandBody, type Decision, type MessageTarget, type RoomState, type Standing } from '@parley/domain';
import type { EventId, RoomEvent, UserId } from '@parley/protocol';
import { commandOf, type Intent } from './script.ts';
import { intentKey, type Try, type World } from './world.ts';

/** The room after each event of the log: `moments[n]` after the first n. */
type Moment = { state: RoomState | null; members: ReadonlyMap<UserId, Standing>; messages: ReadonlyMap<EventId, MessageTarget> };

class Broken extends Error {}
const must = (holds: boolean, what: string): void => {
  if (!holds) throw new Broken(what);
};

const momentsOf = (truth: readonly RoomEvent[]): Moment[] => {
  const moments: Moment[] = [{ state: null, members: new Map(), messages: new Map() }];
  for (const event of truth) {
    const before = moments.at(-1)!;
    let { members, messages } = before;
    const standing = standingChange(event);
    if (standing) members = new Map(members).set(standing.userId, { ...(members.get(standing.userId) ?? NOBODY), ...standing.change });
    const message = messageChange(event);
    if (message) messages = new Map(messages).set(message.id, { ...messages.get(message.id)!, ...message.change });
    moments.push({ state: evolve(before.state, event), members, messages });
  }
  return moments;
};

/** What the rules say of a command at a moment, the clock being at `now`. */
const verdict = ({ state, members, messages }: Moment, intent: Intent, body: CommandBody, now: number): Decision => {
  const command = commandOf(intent, body);
  const keys = targetsOf(command);
  return decide(state, command, {
    members: new Map(keys.members.map((id) => [id, members.get(id) ?? NOBODY])),
    messages: new Map(keys.messages.map((id) => [id, messages.get(id) ?? null])),
  }, now);
};

/** The log itself: dense, one creation, epochs that are sealed and opened, no cmid twice, nothing the rules forbid. */
const checkLog = (truth: readonly RoomEvent[], moments: readonly Moment[], intents: ReadonlyMap<string, Intent>): void => {
  const landed = new Set<string>();
  for (let n = 0; n < truth.length; ) {
    const event = truth[n]!;
    must(event.seq === n + 1, `seq ${event.seq} stands at ${n + 1}`);
    const before = truth[n - 1];
    if (before && event.epoch !== before.epoch) {
      must(event.epoch === before.epoch + 1 && event.type === 'epoch.opened', `epoch ${event.epoch} begins with ${event.type}`);
      must(event.type === 'epoch.opened' && event.data.prevId === before.id, 'an epoch was opened on another end');
    } else {
      must(event.type !== 'epoch.opened', 'an epoch was opened twice');
      must(before?.type !== 'epoch.sealed', `${event.type} after the epoch was sealed`);
    }
    if (event.cmid === null) {
      n += 1;
      continue;
    }
    const key = cmidKey(event.by, event.cmid);
    must(!landed.has(key), `${key} is in the log twice`);
    landed.add(key);
    let end = n + 1;
    while (end < truth.length && truth[end]!.cmid === event.cmid && truth[end]!.by === event.by) end += 1;
    const intent = intents.get(key)!;
    const allowed = intent.bodies.some((body) => {
      const decision = verdict(moments[n]!, intent, body, event.at);
      return decision.ok && JSON.stringify(decision.events) === JSON.stringify(truth.slice(n, end).map(({ type, data }) => ({ type, data })));
    });
    must(allowed, `${event.type} at ${event.seq} (${key}) is not what the rules say`);
    n = end;
  }
};

/** The times of a call that differ for the rules: its beginning and end, and when something ran out between. */
const timesOf = ({ state, members }: Moment, { begunAt, endedAt }: Try): number[] => {
  const over = [...members.values()].flatMap(({ mute, ban, said }) => [mute?.until, ban?.until, said && state?.slow ? said.at + state.slow.ms : null]);
  return [begunAt, endedAt, ...over.filter((at): at is number => typeof at === 'number' && at > begunAt && at < endedAt)];
};

/** An answer has to be the log's own, or to be what the rules say at some moment of the call when the command was not in the log. */
const checkAnswer = (sent: Try, truth: readonly RoomEvent[], moments: readonly Moment[], places: ReadonlyMap<string, number>): void => {
  const { result, intent, from, to } = sent;
  const key = intentKey(intent);
  must(sent.settled <= 1, `${key} was answered ${sent.settled} times`);
  must(sent.settled === 1 || sent.gateway.dead, `${key} was never answered`);
  if (!result || sent.excused) return;
  const place = places.get(key);
  const event = place === undefined ? undefined : truth[place]!;
  const what = `${key} ${sent.body.name}`;
  if (result.ok && event && result.id === event.id) {
    must(result.seq === event.seq && result.epoch === event.epoch, `${what} was acked with another place`);
    must(place! < to, `${what} was acked before the log had it`);
    for (const each of result.events) must(truth[each.seq - 1]?.id === each.id, `${what} was acked with events that are not in the log`);
    must(result.state.seq <= to && result.state.lastId === truth[result.state.seq - 1]?.id, `${what} was acked with a state that never was`);
    return;
  }
  if (!result.ok && result.error.retryable && result.error.code !== 'slow_mode') return;
  const justified = (moment: number): boolean => {
    if (place !== undefined && place < moment) return false;
    const { state } = moments[moment]!;
    // Whoever may open the next epoch decides as if it were open.
    const open = state ? { ...moments[moment]!, state: { ...state, sealed: false } } : moments[moment]!;
    return intent.bodies.some((body) => timesOf(open, sent).some((now) => {
      const decision = verdict(open, intent, body, now);
      if (!result.ok) return !decision.ok && decision.code === result.error.code;
      return decision.ok && decision.events.length === 0 && result.seq >= moment && result.seq <= to;
    }));
  };
  for (let moment = from; moment <= to; moment += 1) if (justified(moment)) return;
  throw new Broken(`${what} was answered ${result.ok ? `so already at ${result.seq}` : result.error.code} between ${from} and ${to}, which no moment justifies (it is ${place === undefined ? 'not in the log' : `at ${place + 1}`})`);
};

/** What is wrong with a history that has come to its end; `null` if nothing is. */
export const check = (world: World): string | null => {
  const { truth } = world.log;
  try {
    if (world.defects.length > 0) throw world.defects[0];
    const intents = new Map(world.tries.map(({ intent }) => [intentKey(intent), intent]));
    let moments: Moment[];
    try {
      moments = momentsOf(truth);
    } catch (error) {
      throw new Broken(`the log cannot be replayed: ${String(error)}`, { cause: error });
    }
    checkLog(truth, moments, intents);
    const places = new Map<string, number>();
    truth.forEach(({ by, cmid }, n) => {
      const key = cmid === null ? null : cmidKey(by, cmid);
      if (key && !places.has(key)) places.set(key, n);
    });
    for (const sent of world.tries) checkAnswer(sent, truth, moments, places);
    for (const { from, to, seq, member } of world.readings) {
      must(seq >= from && seq <= to, `a read begun at ${from} saw ${seq}`);
      const roles = moments.slice(from, to + 1).map(({ members }) => (member ? members.get(member.userId)?.role ?? null : null));
      if (member) must(roles.includes(member.role), `a read saw ${member.userId} as ${member.role}`);
    }
    for (const { after, from, to, events } of world.beyonds) {
      const end = after + events.length;
      must(end >= from && end <= to, `a read beyond ${after} begun at ${from} ended at ${end}`);
      must(events.every((event, n) => event.id === truth[after + n]?.id), `a read beyond ${after} is not the log's`);
    }
    for (const event of world.told) must(truth[event.seq - 1]?.id === event.id, `listeners were told of ${event.seq}, which is another`);
    must(world.stuck.length === 0, `gateway ${world.stuck.join(', ')} gets nothing through any more`);
    return null;
  } catch (error) {
    return error instanceof Broken ? error.message : `defect: ${error instanceof Error ? error.stack : String(error)}`;
  }
};

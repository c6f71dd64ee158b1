import { ProtocolError, type EventId, type RoomEvent, type RoomId, type UserId } from '@parley/protocol';
import { requirePermit, tellModerators } from './permits.ts';
import type { Context, Handler } from './context.ts';
import { findUser } from './user-get.ts';

/** How often the log is read anew because it was trimmed meanwhile. */
const TRIES = 4;

/** What the log has beyond the store. */
const beyondStore = async ({ store, appenders }: Context, roomId: RoomId): Promise<RoomEvent[]> => {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const { watermark } = await store.history({ roomId, limit: 1 });
    const beyond = await appenders.beyond(roomId, watermark);
    if (beyond) return beyond;
  }
  throw new ProtocolError('unavailable', 'the room is moving too fast to be read');
};

/** Asked of the store; what it has not taken in yet stands in the log beyond it. */
const authorOf = async (context: Context, roomId: RoomId, messageId: EventId): Promise<UserId> => {
  const stored = async () => (await context.store.findTargets(roomId, { members: [], messages: [messageId] })).messages.get(messageId);
  let found = await stored();
  if (!found) {
    const beyond = await beyondStore(context, roomId);
    const created = beyond.find((event) => event.id === messageId && event.type === 'message.created');
    const isDeleted = beyond.some((event) => event.type === 'message.deleted' && event.data.messageId === messageId);
    if (created?.by && !isDeleted) return created.by;
    // It may have got from the one to the other in between.
    found = await stored();
  }
  if (!found || found.deleted) throw new ProtocolError('message_not_found');
  return found.by;
};

export const reportCreate: Handler<'report:create'> = async ({ roomId, subject, category, remark = '', cmid }, caller, context) => {
  const state = await requirePermit(context, caller, 'report:create', roomId);
  const messageId = 'messageId' in subject ? subject.messageId : null;
  const userId = 'messageId' in subject ? await authorOf(context, roomId, subject.messageId) : (await findUser(context, subject.userId)).id;
  if (userId === caller.user.id) throw new ProtocolError('bad_request', 'nobody reports themselves');
  if (state.pair && !state.pair.includes(userId)) throw new ProtocolError('user_not_found');
  const { reportId, isNew } = await context.moderation.report({ roomId, messageId, userId, by: caller.user.id, category, remark, at: Date.now(), cmid });
  if (isNew) tellModerators(context, state, userId);
  return { reportId };
};

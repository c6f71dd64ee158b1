import { foldMessages, ProtocolError, type MessageView, type RoomEvent } from '@parley/protocol';
import type { HistoryPage } from '@parley/domain';
import { requireMember } from './access.ts';
import type { Context, Handler } from './context.ts';

type Request = Parameters<Handler<'room:history'>>[0];

/** Of one answer, near enough: where the store is far behind, a page is as large as the log makes it. */
const ANSWER_BYTES = 512 * 1024;
/** Of a message, beside its body. */
const FRAME_BYTES = 300;

/** How often a page is read anew because the log was trimmed meanwhile. */
const TRIES = 4;

/** A page and everything that happened after it, which is what makes it true. */
const read = async (request: Request, { store, appenders }: Context): Promise<{ page: HistoryPage; beyond: RoomEvent[] }> => {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const page = await store.history(request);
    const beyond = await appenders.beyond(request.roomId, page.watermark);
    if (beyond) return { page, beyond };
  }
  throw new ProtocolError('unavailable', 'the history is moving too fast to be read');
};

/** The newest `limit` messages below `before`, of a page with the log beyond its watermark folded over it. */
export const foldHistory = ({ before, limit }: Pick<Request, 'before' | 'limit'>, page: HistoryPage, beyond: readonly RoomEvent[]) => {
  const folded = foldMessages(new Map(page.messages.map((message) => [message.id, message])), beyond, new Map(page.hiddenBodies));
  const below: MessageView[] = [...folded.values()].filter(({ seq }) => before === undefined || seq < before);
  // The store's page may have been cut short by bytes: what it holds is dense down from its newest, so is this.
  let from = below.length;
  for (let bytes = 0; from > 0 && below.length - from < limit; from -= 1) {
    bytes += FRAME_BYTES + (below[from - 1]!.body?.length ?? 0);
    if (bytes > ANSWER_BYTES && from < below.length) break;
  }
  return { messages: below.slice(from), more: page.more || from > 0 };
};

export const roomHistory: Handler<'room:history'> = async (request, caller, context) => {
  await requireMember(context, caller, request.roomId);
  const { page, beyond } = await read(request, context);
  const last = beyond.at(-1) ?? page.watermark;
  if (!last) throw new ProtocolError('room_not_found');
  return { epoch: last.epoch, seq: last.seq, ...foldHistory(request, page, beyond) };
};

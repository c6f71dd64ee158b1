import type { CmidRecord, MessageTarget, Standing, Store } from '@parley/domain';
import { LIMITS, cmidSchema, eventIdSchema, roomEventSchema, roomIdSchema, seqSchema, userIdSchema, userViewSchema, type EventId, type UserId } from '@parley/protocol';
import { z } from 'zod';
import { limitSchema, LOOKUP_TIMEOUT_MS, MAX_KEYS, READING_TIMEOUT_MS, type Query } from './query.ts';

const query = <I, O>(definition: Query<Store, I, O>): Query<Store, I, O> => definition;

/** Each method of `Store` as it travels: what is asked, and what JSON is answered. Maps go as lists of entries. */
export const QUERIES = {
  seed: query({
    request: z.object({ roomId: roomIdSchema }), timeoutMs: LOOKUP_TIMEOUT_MS,
    answer: (store, { roomId }) => store.seed(roomId),
  }),
  findCmids: query({
    request: z.object({ roomId: roomIdSchema, keys: z.array(z.object({ by: userIdSchema.nullable(), cmid: cmidSchema })).max(MAX_KEYS) }), timeoutMs: LOOKUP_TIMEOUT_MS,
    answer: async (store, { roomId, keys }): Promise<[string, CmidRecord][]> => [...(await store.findCmids(roomId, keys))],
  }),
  findTargets: query({
    request: z.object({ roomId: roomIdSchema, members: z.array(userIdSchema).max(MAX_KEYS), messages: z.array(eventIdSchema).max(MAX_KEYS) }), timeoutMs: LOOKUP_TIMEOUT_MS,
    answer: async (store, { roomId, ...keys }): Promise<{ members: [UserId, Standing][]; messages: [EventId, MessageTarget | null][] }> => {
      const { members, messages } = await store.findTargets(roomId, keys);
      return { members: [...members], messages: [...messages] };
    },
  }),
  history: query({
    request: z.object({ roomId: roomIdSchema, before: seqSchema.optional(), limit: limitSchema }), timeoutMs: READING_TIMEOUT_MS,
    answer: (store, request) => store.history(request),
  }),
  archive: query({
    request: z.object({ roomId: roomIdSchema, after: seqSchema, limit: limitSchema }), timeoutMs: READING_TIMEOUT_MS,
    answer: (store, { roomId, after, limit }) => store.archive(roomId, after, limit),
  }),
  listRooms: query({
    request: z.object({ userId: userIdSchema, scope: z.enum(['mine', 'public']), after: roomIdSchema.optional(), limit: limitSchema }), timeoutMs: READING_TIMEOUT_MS,
    answer: (store, request) => store.listRooms(request),
  }),
  members: query({
    request: z.object({ roomId: roomIdSchema, after: userIdSchema.optional(), limit: limitSchema }), timeoutMs: READING_TIMEOUT_MS,
    answer: (store, request) => store.members(request),
  }),
  createUser: query({
    request: userViewSchema.extend({ name: z.string().max(LIMITS.userNameLength) }), timeoutMs: LOOKUP_TIMEOUT_MS,
    answer: async (store, user) => {
      await store.createUser(user);
      return null;
    },
  }),
  findUsers: query({
    request: z.object({ ids: z.array(userIdSchema).max(MAX_KEYS) }), timeoutMs: LOOKUP_TIMEOUT_MS,
    answer: (store, { ids }) => store.findUsers(ids),
  }),
  noteSeen: query({
    request: z.object({ seen: z.array(z.object({ userId: userIdSchema, at: z.number().int().nonnegative() })).max(MAX_KEYS) }), timeoutMs: LOOKUP_TIMEOUT_MS,
    answer: async (store, { seen }) => {
      await store.noteSeen(seen);
      return null;
    },
  }),
  lastSeen: query({
    request: z.object({ userIds: z.array(userIdSchema).max(MAX_KEYS) }), timeoutMs: LOOKUP_TIMEOUT_MS,
    answer: async (store, { userIds }): Promise<[UserId, number][]> => [...(await store.lastSeen(userIds))],
  }),
  reportBroken: query({
    request: z.object({ roomId: roomIdSchema, lost: z.array(roomEventSchema).max(MAX_KEYS) }), timeoutMs: LOOKUP_TIMEOUT_MS,
    answer: async (store, { roomId, lost }) => {
      await store.reportBroken(roomId, lost);
      return null;
    },
  }),
} as const satisfies Record<Exclude<keyof Store, 'close'>, unknown>;

export type QueryName = keyof typeof QUERIES;
export type QueryRequest<N extends QueryName> = z.input<(typeof QUERIES)[N]['request']>;
export type QueryAnswer<N extends QueryName> = Awaited<ReturnType<(typeof QUERIES)[N]['answer']>>;

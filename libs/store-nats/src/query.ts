import { z } from 'zod';

/** How one method of a store `S` travels: what is asked, and what JSON is answered. */
export type Query<S, I, O> = {
  request: z.ZodType<I>;
  /** Milliseconds a client waits for the answer. */
  timeoutMs: number;
  answer(store: S, request: I): Promise<O>;
};

/** On the write path: a sender waits for it. */
export const LOOKUP_TIMEOUT_MS = 3_000;
export const READING_TIMEOUT_MS = 8_000;

/** Lookups of one batch of commands: well above what an appender asks at once. */
export const MAX_KEYS = 10_000;
const MAX_LIMIT = 10_000;
export const limitSchema = z.number().int().min(1).max(MAX_LIMIT);
/** Milliseconds since 1970. */
export const timeSchema = z.number().int().nonnegative();
/** An argument that may be left out; JSON has no `undefined` in a list. */
export const optionalArgument = <S extends z.ZodType>(schema: S) => schema.nullish().transform((value): z.output<S> | undefined => value ?? undefined);

/**
 * - `unavailable`: Postgres is away, or the worker has too much in hand.
 * - `bad_request`: not as the schema says: another version of us, or not us.
 * - `internal`: a defect.
 */
export type StoreErrorCode = 'unavailable' | 'bad_request' | 'internal';
export type StoreReply<T> = { ok: true; value: T } | { ok: false; code: StoreErrorCode; message: string };

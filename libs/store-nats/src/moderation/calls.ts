import type { ModerationAnswers } from '@parley/domain';
import type { z } from 'zod';

/** How a method of the moderation store travels: its arguments as a list, and what it answers as it is. */
export type Call<N extends keyof ModerationAnswers> = {
  request: z.ZodType<Parameters<ModerationAnswers[N]>>;
  /** Milliseconds a client waits for the answer. */
  timeoutMs: number;
};
/** Of each method of one of the ports that the moderation store is made of. */
export type Calls<P> = { readonly [N in keyof P & keyof ModerationAnswers]: Call<N> };

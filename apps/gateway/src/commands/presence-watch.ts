import { ProtocolError } from '@parley/protocol';
import type { Handler } from './context.ts';

export const presenceWatch: Handler<'presence:watch'> = () => Promise.reject(new ProtocolError('unavailable'));

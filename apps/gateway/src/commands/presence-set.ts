import { ProtocolError } from '@parley/protocol';
import type { Handler } from './context.ts';

export const presenceSet: Handler<'presence:set'> = () => Promise.reject(new ProtocolError('unavailable'));

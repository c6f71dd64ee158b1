import { ProtocolError } from '@parley/protocol';
import type { Handler } from './context.ts';

export const presenceUnwatch: Handler<'presence:unwatch'> = () => Promise.reject(new ProtocolError('unavailable'));

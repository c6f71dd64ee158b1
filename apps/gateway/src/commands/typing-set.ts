import { ProtocolError } from '@parley/protocol';
import type { Handler } from './context.ts';

export const typingSet: Handler<'typing:set'> = () => Promise.reject(new ProtocolError('unavailable'));

/** A process of which one user is in a room, until it is killed. Arguments: URL, room, user. */
import type { RoomId, UserId } from '@parley/protocol';
import { connectRedisPresence } from '../redis-presence.ts';

const [url, roomId, userId] = process.argv.slice(2) as [string, RoomId, UserId];
connectRedisPresence({ url, region: 'main' }).set(roomId, userId, 'online');

import type { Handler } from './context.ts';

export const roomList: Handler<'room:list'> = ({ scope, after, limit }, { user }, { store }) => store.listRooms({ userId: user.id, scope, after, limit });

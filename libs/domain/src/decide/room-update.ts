import { accept, reject, type Decision, type Of, type Scene } from './decision.ts';

export const decideRoomUpdate = ({ state, condition }: Scene, command: Of<'room:update'>): Decision => {
  const { title, topic, slowModeMs, readOnly } = command;
  if (condition === 'pace' && (title !== undefined || topic !== undefined)) return reject('forbidden', 'an admin sets slow mode and read-only alone');
  const data = {
    ...(title === undefined || title === state.name ? {} : { name: title }),
    ...(topic === undefined || topic === state.topic ? {} : { topic }),
    ...(slowModeMs === undefined || slowModeMs === (state.slow?.ms ?? 0) ? {} : { slowModeMs }),
    ...(readOnly === undefined || readOnly === (state.readOnly ?? false) ? {} : { readOnly }),
  };
  return Object.keys(data).length === 0 ? accept() : accept({ type: 'room.updated', data });
};

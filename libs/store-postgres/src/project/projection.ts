import type { RoomState } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { RoomEvent, RoomId } from '@parley/protocol';
import type { Kysely } from 'kysely';
import { projectAudit } from './audit.ts';
import { projectMembers } from './members.ts';
import { projectMessages } from './messages.ts';
import { projectRooms } from './rooms.ts';
import { projectStandings } from './standings.ts';

/**
 * Takes events, ascending within each room, into its tables with a few statements. `states` are those after the whole
 * batch. Applying again what was applied must change nothing. May throw: the events are then tried in smaller parts.
 */
export type Projection = { name: string; apply(trx: Kysely<Database>, events: readonly RoomEvent[], states: ReadonlyMap<RoomId, RoomState>): Promise<void> };

export const PROJECTIONS: readonly Projection[] = [
  { name: 'rooms', apply: projectRooms },
  { name: 'members', apply: projectMembers },
  { name: 'messages', apply: projectMessages },
  { name: 'standings', apply: projectStandings },
  { name: 'audit', apply: projectAudit },
];

import type { Command } from '../command.ts';
import { admin } from './admin.ts';
import { audit } from './audit.ts';
import { bansOfServer } from './ban.ts';
import { deadLetters } from './dead-letters.ts';
import { drain } from './drain.ts';
import { nodes } from './nodes.ts';
import { rebuild } from './rebuild.ts';
import { reports } from './reports.ts';
import { revoke } from './revoke.ts';
import { rooms } from './rooms.ts';
import { rules } from './rules.ts';
import { sockets } from './sockets.ts';
import { verify } from './verify.ts';

export const COMMANDS: readonly Command[] = [nodes, sockets, rooms, drain, ...deadLetters, verify, rebuild, reports, audit, ...admin, ...bansOfServer, revoke, ...rules];

import type { CommandName, RoomKind } from '@parley/protocol';
import { PERMISSIONS, STANDPOINTS } from '../permissions.ts';

const WORDS: ReadonlySet<string> = new Set(['yes', 'own', 'below', 'pace']);
const CHAPTERS: Record<RoomKind, string> = { public: 'In a public room', private: 'In a private room', direct: 'In a direct room' };

const tableOf = (kind: RoomKind): string => {
  const rows = (Object.keys(PERMISSIONS) as CommandName[]).map((name) => ({ name, cells: PERMISSIONS[name][kind] }));
  const columns = STANDPOINTS.filter((as) => rows.some(({ cells }) => cells[as] !== null));
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(['command', ...columns]),
    line(['---', ...columns.map(() => '---')]),
    ...rows.map(({ name, cells }) => line([`\`${name}\``, ...columns.map((as) => (WORDS.has(cells[as] ?? '') ? cells[as]! : `\`${cells[as]}\``))])),
  ].join('\n');
};

/** As they stand in docs/moderation.md. */
export const permissionTables = (): string => (Object.keys(CHAPTERS) as RoomKind[]).map((kind) => `### ${CHAPTERS[kind]}\n\n${tableOf(kind)}`).join('\n\n');

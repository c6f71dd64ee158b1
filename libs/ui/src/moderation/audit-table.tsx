import type { AuditEntry, RoomId, UserId } from '@parley/protocol';
import { useConsoleStrings } from '../strings/console-strings.ts';
import { wordFor } from '../strings/word.ts';
import { isoOf, momentOf } from '../text/clock.ts';
import styles from './audit.module.css';

export type AuditTableProps = { entries: readonly AuditEntry[]; nameOf: (id: UserId) => string; roomOf: (id: RoomId) => string };

export const AuditTable = ({ entries, nameOf, roomOf }: AuditTableProps) => {
  const text = useConsoleStrings().audit;
  const { columns } = text;
  const person = (id: UserId | null, otherwise: string) => (id === null ? otherwise : <bdi title={id}>{nameOf(id)}</bdi>);
  return (
    <table className={styles.table}>
      <caption className={styles.caption}>{text.label}</caption>
      <thead>
        <tr>{Object.values(columns).map((name) => <th key={name} scope="col">{name}</th>)}</tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <tr key={entry.id}>
            <td data-label={columns.at}><time dateTime={isoOf(entry.at)}>{momentOf(entry.at)}</time></td>
            <td data-label={columns.act}><bdi>{wordFor(text.acts, entry.act) ?? entry.act}</bdi>{entry.detail !== '' && <bdi className={styles.more}>{entry.detail}</bdi>}</td>
            <td data-label={columns.by}>{person(entry.by, text.system)}</td>
            <td data-label={columns.user}>{person(entry.userId, '')}</td>
            <td data-label={columns.room}>{entry.roomId === null ? text.server : <bdi title={entry.roomId}>{roomOf(entry.roomId)}</bdi>}</td>
            <td data-label={columns.reason} className={styles.reason} dir="auto">{entry.reason}</td>
            <td data-label={columns.until}>{entry.until === null ? '' : <time dateTime={isoOf(entry.until)}>{momentOf(entry.until)}</time>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};

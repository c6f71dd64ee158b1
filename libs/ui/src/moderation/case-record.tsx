import type { RoomId, SanctionView, UserId, UserRecord } from '@parley/protocol';
import { Button } from '../components/button.tsx';
import { useNow } from '../hooks/use-now.ts';
import { useConsoleStrings } from '../strings/console-strings.ts';
import { wordFor } from '../strings/word.ts';
import { endOf, isoOf, momentOf } from '../text/clock.ts';
import { isolateRtl } from '../text/direction.ts';
import styles from './case-detail.module.css';

export type CaseRecordProps = { record: UserRecord; roomId: RoomId; nameOf: (id: UserId) => string; busy: boolean; onLift: (sanction: SanctionView) => void };

const MINUTE_MS = 60_000;

/** What is known against somebody. */
export const CaseRecord = ({ record, roomId, nameOf, busy, onLift }: CaseRecordProps) => {
  const { detail: text, sanctions, audit } = useConsoleStrings();
  const now = useNow(MINUTE_MS);
  const whereOf = (id: RoomId | null): string => (id === null ? text.everywhere : id === roomId ? text.here : text.elsewhere);
  return (
    <>
      <p className={styles.note}>{record.since !== null && <>{text.since(momentOf(record.since))} · </>}{text.counts(record.reports)}</p>
      <h4 className={styles.small}>{text.inForce}</h4>
      {record.sanctions.length === 0 && <p className={styles.note}>{text.nothingInForce}</p>}
      <ul className={styles.plain}>
        {record.sanctions.map((sanction) => (
          <li key={`${sanction.kind} ${sanction.roomId ?? ''}`} className={styles.inForce}>
            <span>{sanctions.kinds[sanction.kind]} ({whereOf(sanction.roomId)}), {sanction.until === null ? sanctions.forGood : sanctions.until(endOf(sanction.until, now))}: <bdi>{sanction.reason}</bdi></span>
            <Button variant="link" disabled={busy} aria-label={sanctions.lift[sanction.kind](isolateRtl(record.name))} onClick={() => onLift(sanction)}>{sanction.kind === 'mute' ? sanctions.unmute : sanctions.unban}</Button>
          </li>
        ))}
      </ul>
      <h4 className={styles.small}>{text.acts}</h4>
      {record.acts.length === 0 && <p className={styles.note}>{text.noActs}</p>}
      <ul className={styles.plain}>
        {record.acts.map((entry) => (
          <li key={entry.id}>
            <time className={styles.note} dateTime={isoOf(entry.at)}>{momentOf(entry.at)}</time> {wordFor(audit.acts, entry.act) ?? entry.act} ({whereOf(entry.roomId)}) <bdi>{text.by(entry.by === null ? audit.system : nameOf(entry.by))}</bdi>{entry.reason !== '' && <>: <bdi>{entry.reason}</bdi></>}
          </li>
        ))}
      </ul>
    </>
  );
};

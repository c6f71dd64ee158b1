import type { ReactNode } from 'react';
import { useStrings } from '../strings/strings.ts';
import { Button } from './button.tsx';
import { BanIcon, CheckIcon } from './icons.tsx';
import { SanctionTermsText } from './sanction-terms.tsx';
import styles from './barred.module.css';

export type BarredProps = {
  /** `null`: the ban is over. */
  ban: { reason: string; until: number | null } | null;
  /** The room's name; `null`: the whole server. */
  room: string | null;
  /** Bodies of messages that were not sent. */
  unsent?: readonly string[];
  onComeIn: () => void;
  busy?: boolean;
  error?: string | undefined;
  /** What else can be done. */
  children?: ReactNode;
};

/** What somebody sees who is banned: from what, why, until when, and, once it is over, that it is. */
export const Barred = ({ ban, room, unsent = [], onComeIn, busy = false, error, children }: BarredProps) => {
  const strings = useStrings();
  const { standing } = strings.moderation;
  return (
    <div className={styles.barred}>
      <div className={styles.card}>
        <div role="status" className={styles.words}>
          <span className={ban ? styles.icon : styles.over}>{ban ? <BanIcon size={28} /> : <CheckIcon size={28} />}</span>
          <h1 className={styles.title} dir="auto">{ban ? (room === null ? standing.bannedServer : standing.banned(room)) : standing.over}</h1>
          {ban ? <SanctionTermsText reason={ban.reason} until={ban.until} ofServer={room === null} /> : <p dir="auto">{room === null ? standing.overServer : standing.overHint(room)}</p>}
        </div>
        {error !== undefined && <p className={styles.error} role="alert">{error}</p>}
        <div className={styles.actions}>
          {(ban === null || room === null) && <Button variant={ban ? 'quiet' : 'primary'} disabled={busy} onClick={onComeIn}>{ban ? standing.tryAgain : room === null ? standing.comeIn : strings.room.join}</Button>}
          {children}
        </div>
        {unsent.length > 0 && (
          <section className={styles.unsent}>
            <p>{standing.unsent(unsent.length)}</p>
            {/* oxlint-disable-next-line react/no-array-index-key */}
            <ul>{unsent.map((body, index) => <li key={index} dir="auto">{body}</li>)}</ul>
          </section>
        )}
      </div>
    </div>
  );
};

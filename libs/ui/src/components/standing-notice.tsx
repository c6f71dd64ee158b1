import { useStrings } from '../strings/strings.ts';
import { LockIcon, MuteIcon } from './icons.tsx';
import { SanctionTermsText } from './sanction-terms.tsx';
import styles from './standing-notice.module.css';

export type StandingNoticeProps = { mute: { reason: string; until: number | null } | null };

/** Stands where one would write: why one may not, and until when. Without a mute the room is read-only. */
export const StandingNotice = ({ mute }: StandingNoticeProps) => {
  const { standing } = useStrings().moderation;
  return (
    <div className={styles.notice} role="status" data-part="standing">
      <span className={styles.icon}>{mute ? <MuteIcon size={22} /> : <LockIcon size={22} />}</span>
      <div className={styles.text}>
        <p className={styles.title}>{mute ? standing.muted : standing.readOnly} <span className={styles.explain}>{mute ? standing.mutedExplain : standing.readOnlyExplain}</span></p>
        {mute && <SanctionTermsText reason={mute.reason} until={mute.until} />}
      </div>
    </div>
  );
};

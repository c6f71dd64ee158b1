import type { SanctionView } from '@parley/protocol';
import { useNow } from '../hooks/use-now.ts';
import { useStrings } from '../strings/strings.ts';
import { endOf } from '../text/clock.ts';
import { isolate, isolateRtl } from '../text/direction.ts';
import { Avatar } from './avatar.tsx';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import type { Loadable } from './loadable.ts';
import { Spinner } from './spinner.tsx';
import styles from './pick-list.module.css';

export type SanctionsDialogProps = {
  room: string;
  sanctions: Loadable<SanctionView>;
  nameOf: (sanction: SanctionView) => string;
  busy: boolean;
  error?: string | undefined;
  onLift: (sanction: SanctionView) => void;
  onMore: () => void;
  onClose: () => void;
};

const MINUTE_MS = 60_000;

/** Who is muted or banned in a room, and the way back. */
export const SanctionsDialog = ({ room, sanctions, nameOf, busy, error, onLift, onMore, onClose }: SanctionsDialogProps) => {
  const strings = useStrings();
  const text = strings.moderation.sanctions;
  const now = useNow(MINUTE_MS);
  return (
    <Dialog title={text.title(isolate(room))} onClose={onClose}>
      {error !== undefined && <p className={styles.nothing} role="alert">{error}</p>}
      <ul className={styles.list}>
        {sanctions.items.map((sanction) => {
          const name = nameOf(sanction);
          const end = sanction.until === null ? text.forGood : text.until(endOf(sanction.until, now));
          return (
            <li key={`${sanction.kind} ${sanction.userId}`} className={styles.item}>
              <Avatar id={sanction.userId} name={name} size="small" />
              <div className={styles.text}>
                <p className={styles.name} dir="auto">{name}</p>
                <p className={styles.note}>{text.kinds[sanction.kind]} {end}: <bdi>{sanction.reason}</bdi></p>
              </div>
              <Button disabled={busy} aria-label={text.lift[sanction.kind](isolateRtl(name))} onClick={() => onLift(sanction)}>{sanction.kind === 'mute' ? strings.moderation.acts.unmute : strings.moderation.acts.unban}</Button>
            </li>
          );
        })}
      </ul>
      {sanctions.state === 'loading' && <Spinner label={text.loading} />}
      {sanctions.state === 'failed' && <p className={styles.nothing} role="alert">{text.failed} {sanctions.message} <Button variant="link" onClick={onMore}>{strings.errors.retry}</Button></p>}
      {sanctions.state === 'ready' && sanctions.items.length === 0 && <p className={styles.nothing} role="status">{text.none}</p>}
      {sanctions.state === 'ready' && sanctions.more && <div className={styles.more}><Button block onClick={onMore}>{text.more}</Button></div>}
    </Dialog>
  );
};

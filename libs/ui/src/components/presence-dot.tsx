import type { PresenceStatus } from '@parley/protocol';
import styles from './presence-dot.module.css';

/** Told apart by shape as well as by colour: a disc, a moon, a ring, a broken ring. */
const SHAPES: Record<PresenceStatus, React.ReactNode> = {
  online: <circle cx="6" cy="6" r="5" fill="currentColor" />,
  away: <path d="M7.2 1.1A5 5 0 1 0 10.9 7 4.200 4.200 0 0 1 7.2 1.100Z" fill="currentColor" />,
  offline: <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="2" />,
  unknown: <circle cx="6" cy="6" r="4.200" fill="none" stroke="currentColor" strokeWidth="1.600" strokeDasharray="2.200 2.198" />,
};

/** Decoration: what it means is said in words beside it. */
export const PresenceDot = ({ status }: { status: PresenceStatus }) => (
  <svg className={`${styles.dot} ${styles[status]}`} viewBox="0 0 12 12" aria-hidden="true" focusable="false" data-presence={status}>{SHAPES[status]}</svg>
);

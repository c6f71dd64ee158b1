import { memo } from 'react';
import type { PresenceStatus } from '@parley/protocol';
import { avatarColour, initials } from '../text/avatar.ts';
import { PresenceDot } from './presence-dot.tsx';
import styles from './avatar.module.css';

export type AvatarProps = { id: string; name: string; size?: 'small' | 'medium'; /** Shown at its corner. */ presence?: PresenceStatus | undefined };

/** Decoration: the name always stands beside it, and so does what the dot means. */
export const Avatar = memo(({ id, name, size = 'medium', presence }: AvatarProps) => (
  <span className={styles.frame} aria-hidden="true">
    <span className={`${styles.avatar} ${styles[size]}`} style={{ backgroundColor: avatarColour(id) }}>{initials(name)}</span>
    {presence !== undefined && <span className={styles.corner}><PresenceDot status={presence} /></span>}
  </span>
));

import { memo } from 'react';
import { avatarColour, initials } from '../text/avatar.ts';
import styles from './avatar.module.css';

export type AvatarProps = { id: string; name: string; size?: 'small' | 'medium' };

/** Decoration: the name always stands beside it. */
export const Avatar = memo(({ id, name, size = 'medium' }: AvatarProps) => (
  <span className={`${styles.avatar} ${styles[size]}`} style={{ backgroundColor: avatarColour(id) }} aria-hidden="true">
    {initials(name)}
  </span>
));

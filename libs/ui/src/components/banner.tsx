import type { ReactNode } from 'react';
import styles from './banner.module.css';

export type BannerProps = { tone: 'warn' | 'danger' | 'info'; children: ReactNode; action?: ReactNode };

/** A line across the page that says how things stand. */
export const Banner = ({ tone, children, action }: BannerProps) => (
  <div className={`${styles.banner} ${styles[tone]}`} role={tone === 'danger' ? 'alert' : 'status'}>
    <span className={styles.text}>{children}</span>
    {action}
  </div>
);

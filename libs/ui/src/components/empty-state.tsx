import type { ReactNode } from 'react';
import styles from './empty-state.module.css';

export type EmptyStateProps = { icon?: ReactNode; title: string; hint?: string | undefined; action?: ReactNode; alert?: boolean; /** Of the title: `h1` where nothing else on the page has one. */ as?: 'h1' | 'p' };

/** What stands where nothing is: nothing yet, nothing found, or a failure (`alert`). */
export const EmptyState = ({ icon, title, hint, action, alert = false, as: Title = 'p' }: EmptyStateProps) => (
  <div className={styles.empty} role={alert ? 'alert' : undefined}>
    {icon !== undefined && <span className={styles.icon}>{icon}</span>}
    <Title className={styles.title}>{title}</Title>
    {hint !== undefined && <p className={styles.hint}>{hint}</p>}
    {action}
  </div>
);

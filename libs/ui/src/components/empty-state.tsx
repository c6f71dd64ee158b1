import type { ReactNode } from 'react';
import styles from './empty-state.module.css';

export type EmptyStateProps = { icon?: ReactNode; title: string; hint?: string | undefined; action?: ReactNode; alert?: boolean };

/** What stands where nothing is: nothing yet, nothing found, or a failure (`alert`). */
export const EmptyState = ({ icon, title, hint, action, alert = false }: EmptyStateProps) => (
  <div className={styles.empty} role={alert ? 'alert' : undefined}>
    {icon !== undefined && <span className={styles.icon}>{icon}</span>}
    <p className={styles.title}>{title}</p>
    {hint !== undefined && <p className={styles.hint}>{hint}</p>}
    {action}
  </div>
);

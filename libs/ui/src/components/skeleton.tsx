import { VisuallyHidden } from './visually-hidden.tsx';
import styles from './skeleton.module.css';

export type SkeletonProps = { label: string; shape: 'rooms' | 'messages' };

const WIDTHS = [62, 84, 45, 71, 58, 90, 38];

/** The outline of what is on its way. */
export const Skeleton = ({ label, shape }: SkeletonProps) => (
  <div className={`${styles.skeleton} ${styles[shape]}`} role="status">
    <VisuallyHidden>{label}</VisuallyHidden>
    {WIDTHS.map((width) => (
      <div key={width} className={styles.row} aria-hidden="true">
        <span className={styles.block} />
        <span className={styles.line} style={{ inlineSize: `${width}%` }} />
      </div>
    ))}
  </div>
);

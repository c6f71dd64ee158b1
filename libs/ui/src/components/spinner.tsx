import styles from './spinner.module.css';

/** Says what it waits for. */
export const Spinner = ({ label, block = false }: { label: string; block?: boolean }) => (
  <div className={`${styles.spinner} ${block ? styles.block : ''}`} role="status">
    <span className={styles.ring} aria-hidden="true" />
    <span>{label}</span>
  </div>
);

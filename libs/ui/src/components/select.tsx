import { useId, type ReactNode, type SelectHTMLAttributes } from 'react';
import styles from './text-field.module.css';

export type SelectProps = Omit<SelectHTMLAttributes<HTMLSelectElement>, 'className' | 'id'> & {
  label: string;
  hint?: string | undefined;
  /** The label is said, not shown. */
  bare?: boolean;
  'data-focus-first'?: boolean;
  children: ReactNode;
};

export const Select = ({ label, hint, bare = false, children, ...rest }: SelectProps) => {
  const id = useId();
  return (
    <div className={styles.field}>
      {!bare && <label className={styles.label} htmlFor={id}>{label}</label>}
      <select {...rest} id={id} className={styles.input} aria-label={bare ? label : undefined} aria-describedby={hint === undefined ? undefined : `${id}-note`}>{children}</select>
      {hint !== undefined && <p id={`${id}-note`} className={styles.hint}>{hint}</p>}
    </div>
  );
};

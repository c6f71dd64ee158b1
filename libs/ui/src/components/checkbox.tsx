import { useId } from 'react';
import styles from './checkbox.module.css';

export type CheckboxProps = { label: string; hint?: string; checked: boolean; onChange: (checked: boolean) => void };

export const Checkbox = ({ label, hint, checked, onChange }: CheckboxProps) => {
  const id = useId();
  return (
    <div className={styles.row}>
      <input id={id} className={styles.box} type="checkbox" checked={checked} aria-describedby={hint === undefined ? undefined : `${id}-note`} onChange={(event) => onChange(event.target.checked)} />
      <div>
        <label className={styles.label} htmlFor={id}>{label}</label>
        {hint !== undefined && <p id={`${id}-note`} className={styles.hint}>{hint}</p>}
      </div>
    </div>
  );
};

import { useId, type InputHTMLAttributes, type Ref } from 'react';
import styles from './text-field.module.css';

export type TextFieldProps = Omit<InputHTMLAttributes<HTMLInputElement>, 'className' | 'id'> & {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  /** The label is said, not shown. */
  bare?: boolean;
  inputRef?: Ref<HTMLInputElement>;
  /** Where the focus of a dialog begins. */
  'data-focus-first'?: boolean;
};

export const TextField = ({ label, hint, error, bare = false, inputRef, ...rest }: TextFieldProps) => {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className={styles.field}>
      {!bare && <label className={styles.label} htmlFor={id}>{label}</label>}
      <input
        {...rest} ref={inputRef} id={id} dir={rest.value ? 'auto' : undefined} className={styles.input}
        aria-label={bare ? label : undefined} aria-invalid={error !== undefined || undefined} aria-describedby={note ? `${id}-note` : undefined}
      />
      {note !== undefined && <p id={`${id}-note`} className={error === undefined ? styles.hint : styles.error} role={error === undefined ? undefined : 'alert'}>{note}</p>}
    </div>
  );
};

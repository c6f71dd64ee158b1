import { useId, type Ref, type TextareaHTMLAttributes } from 'react';
import styles from './text-field.module.css';

export type TextAreaProps = Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, 'className' | 'id'> & {
  label: string;
  error?: string | undefined;
  code?: boolean;
  areaRef?: Ref<HTMLTextAreaElement>;
  'data-focus-first'?: boolean;
};

export const TextArea = ({ label, error, code = false, areaRef, 'aria-describedby': described, ...rest }: TextAreaProps) => {
  const id = useId();
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>{label}</label>
      <textarea
        {...rest} ref={areaRef} id={id} dir={rest.value && !code ? 'auto' : undefined} className={`${styles.input} ${styles.area} ${code ? styles.code : ''}`}
        aria-invalid={error !== undefined || undefined} aria-describedby={error === undefined ? described : `${id}-note`}
      />
      {error !== undefined && <p id={`${id}-note`} className={styles.error} role="alert">{error}</p>}
    </div>
  );
};

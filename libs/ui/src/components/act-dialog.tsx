import type { FormEvent, ReactNode } from 'react';
import { useStrings } from '../strings/strings.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import styles from './form.module.css';

export type ActDialogProps = {
  title: string;
  explain?: string | undefined;
  /** What it is about, as it was said. */
  quote?: string | null | undefined;
  confirm: string;
  danger?: boolean;
  busy: boolean;
  error?: string | undefined;
  onSubmit: () => void;
  onClose: () => void;
  children?: ReactNode;
};

/** Something that is done once its form is filled in. Enter does it, Escape does not. */
export const ActDialog = ({ title, explain, quote, confirm, danger = false, busy, error, onSubmit, onClose, children }: ActDialogProps) => {
  const strings = useStrings();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!busy) onSubmit();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form className={styles.form} onSubmit={submit} noValidate>
        {explain !== undefined && <p className={styles.explain}>{explain}</p>}
        {quote != null && <blockquote className={styles.quote} dir="auto">{quote}</blockquote>}
        {children}
        {error !== undefined && <p className={styles.error} role="alert">{error}</p>}
        <div className={styles.buttons}>
          <Button onClick={onClose}>{strings.dialog.cancel}</Button>
          <Button type="submit" variant={danger ? 'danger' : 'primary'} disabled={busy}>{busy ? strings.moderation.acts.busy : confirm}</Button>
        </div>
      </form>
    </Dialog>
  );
};

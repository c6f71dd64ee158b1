import { useEffect, useRef, useState, type FormEvent } from 'react';
import { LIMITS } from '@parley/protocol';
import { useStrings } from '../strings/strings.ts';
import { Button } from './button.tsx';
import { Logo } from './logo.tsx';
import { TextField } from './text-field.tsx';
import styles from './sign-in-form.module.css';

export type SignInFormProps = {
  busy: boolean;
  error?: string | undefined;
  /** Said before anything was tried: why one is here again. */
  notice?: string | undefined;
  onSignIn: (name: string) => void;
};

export const SignInForm = ({ busy, error, notice, onSignIn }: SignInFormProps) => {
  const strings = useStrings();
  const [name, setName] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const trimmed = name.trim();
  const tooLong = trimmed.length > LIMITS.userNameLength ? strings.signIn.tooLong(LIMITS.userNameLength) : undefined;
  // The page has one purpose, and one field for it.
  useEffect(() => field.current?.focus(), []);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (trimmed !== '' && tooLong === undefined && !busy) onSignIn(trimmed);
  };
  return (
    <main className={styles.page}>
      <form className={styles.card} onSubmit={submit} aria-label={strings.signIn.title}>
        <div className={styles.brand}>
          <Logo size={44} />
          <h1 className={styles.title}>{strings.appName}</h1>
          <p className={styles.tagline}>{strings.tagline}</p>
        </div>
        {notice !== undefined && <p className={styles.notice} role="status">{notice}</p>}
        <TextField
          label={strings.signIn.name} hint={strings.signIn.hint} error={tooLong ?? error} value={name} inputRef={field} required
          autoComplete="nickname" spellCheck={false} onChange={(event) => setName(event.target.value)}
        />
        <Button type="submit" variant="primary" block disabled={busy}>
          {busy ? strings.signIn.busy : strings.signIn.submit}
        </Button>
      </form>
    </main>
  );
};

import { useState, type FormEvent } from 'react';
import { LIMITS } from '@parley/protocol';
import { useStrings } from '../strings/strings.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { HashIcon, LockIcon } from './icons.tsx';
import { TextField } from './text-field.tsx';
import styles from './create-room-dialog.module.css';

type Kind = 'public' | 'private';

export type CreateRoomDialogProps = {
  busy: boolean;
  error?: string | undefined;
  onCreate: (name: string, kind: Kind) => void;
  onClose: () => void;
};

export const CreateRoomDialog = ({ busy, error, onCreate, onClose }: CreateRoomDialogProps) => {
  const strings = useStrings();
  const [name, setName] = useState('');
  const [kind, setKind] = useState<Kind>('public');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '' && !busy) onCreate(name.trim(), kind);
  };
  const choice = (value: Kind, title: string, hint: string) => (
    <label className={styles.choice}>
      <input type="radio" name="kind" value={value} checked={kind === value} onChange={() => setKind(value)} />
      <span className={styles.icon}>{value === 'public' ? <HashIcon /> : <LockIcon />}</span>
      <span>
        <span className={styles.kind}>{title}</span>
        <span className={styles.hint}>{hint}</span>
      </span>
    </label>
  );
  return (
    <Dialog title={strings.create.title} onClose={onClose}>
      <form className={styles.form} onSubmit={submit}>
        <TextField
          label={strings.create.name} placeholder={strings.create.namePlaceholder} value={name} error={error} data-focus-first required
          maxLength={LIMITS.roomNameLength} autoComplete="off" onChange={(event) => setName(event.target.value)}
        />
        <fieldset className={styles.kinds}>
          <legend className={styles.legend}>{strings.create.kind}</legend>
          {choice('public', strings.create.public, strings.create.publicHint)}
          {choice('private', strings.create.private, strings.create.privateHint)}
        </fieldset>
        <div className={styles.buttons}>
          <Button onClick={onClose}>{strings.dialog.cancel}</Button>
          <Button type="submit" variant="primary" disabled={busy || name.trim() === ''}>{busy ? strings.create.busy : strings.create.submit}</Button>
        </div>
      </form>
    </Dialog>
  );
};

import { useState } from 'react';
import { userIdSchema, type UserId } from '@parley/protocol';
import { useStrings } from '../strings/strings.ts';
import { Avatar } from './avatar.tsx';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { TextField } from './text-field.tsx';
import styles from './pick-list.module.css';

export type Person = { id: UserId; name: string };

export type AddPeopleDialogProps = {
  room: string;
  /** Whom one knows and who is not in the room yet. */
  people: readonly Person[];
  added: ReadonlySet<UserId>;
  busy: boolean;
  error?: string | undefined;
  onAdd: (id: UserId) => void;
  onClose: () => void;
};

const SHOWN = 50;

export const AddPeopleDialog = ({ room, people, added, busy, error, onAdd, onClose }: AddPeopleDialogProps) => {
  const strings = useStrings();
  const [filter, setFilter] = useState('');
  const wanted = filter.trim().toLocaleLowerCase();
  const shown = people.filter((person) => person.name.toLocaleLowerCase().includes(wanted) || person.id === wanted).slice(0, SHOWN);
  const typed = userIdSchema.safeParse(wanted);
  const unknown = typed.success && shown.length === 0 ? typed.data : null;
  const button = (id: UserId, name: string) => added.has(id)
    ? <Button disabled>{strings.members.added}</Button>
    : <Button variant="primary" disabled={busy} aria-label={strings.members.addOne(name)} onClick={() => onAdd(id)}>{strings.members.addSubmit}</Button>;
  return (
    <Dialog title={strings.members.addTitle(room)} onClose={onClose}>
      <TextField label={strings.members.addFilter} bare placeholder={strings.members.addFilter} value={filter} error={error} data-focus-first autoComplete="off" spellCheck={false} onChange={(event) => setFilter(event.target.value)} />
      <ul className={styles.list}>
        {shown.map((person) => (
          <li key={person.id} className={styles.item}>
            <Avatar id={person.id} name={person.name} size="small" />
            <div className={styles.text}><p className={styles.name} dir="auto">{person.name}</p></div>
            {button(person.id, person.name)}
          </li>
        ))}
        {unknown !== null && (
          <li className={styles.item}>
            <div className={styles.text}><p className={styles.note} dir="ltr">{unknown}</p></div>
            {button(unknown, unknown)}
          </li>
        )}
      </ul>
      {shown.length === 0 && unknown === null && <p className={styles.nothing} role="status">{people.length === 0 ? strings.members.noPeople : strings.members.noMatch}</p>}
      <p className={styles.hint}>{strings.members.addHint}</p>
    </Dialog>
  );
};

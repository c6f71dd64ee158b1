import { useState, type FormEvent } from 'react';
import { LIMITS, userIdSchema, type RoomId } from '@parley/protocol';
import { Button } from '../components/button.tsx';
import { Select } from '../components/select.tsx';
import { TextField } from '../components/text-field.tsx';
import { useConsoleStrings } from '../strings/console-strings.ts';
import styles from './audit.module.css';

/** As they stand in the fields. */
export type AuditFormValues = { roomId: RoomId | null; act: string; by: string; userId: string; text: string; from: string; until: string };

export type AuditFormProps = {
  initial: AuditFormValues;
  rooms: readonly { id: RoomId; name: string }[];
  /** Whether everything may be searched. */
  everything: boolean;
  onSearch: (values: AuditFormValues) => void;
};

export const AuditForm = ({ initial, rooms, everything, onSearch }: AuditFormProps) => {
  const text = useConsoleStrings().audit;
  const [values, setValues] = useState(initial);
  const set = <K extends keyof AuditFormValues>(name: K, value: AuditFormValues[K]) => setValues((before) => ({ ...before, [name]: value }));
  const bad = (id: string): string | undefined => (id.trim() === '' || userIdSchema.safeParse(id.trim()).success ? undefined : text.badId);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!bad(values.by) && !bad(values.userId)) onSearch(values);
  };
  const clear = () => {
    const empty = { roomId: initial.roomId, act: '', by: '', userId: '', text: '', from: '', until: '' };
    setValues(empty);
    onSearch(empty);
  };
  return (
    <form className={styles.form} role="search" aria-label={text.label} onSubmit={submit}>
      <Select label={text.scope} value={values.roomId ?? ''} onChange={(event) => set('roomId', event.target.value === '' ? null : event.target.value as RoomId)}>
        {everything && <option value="">{text.everything}</option>}
        {rooms.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
      </Select>
      <Select label={text.act} value={values.act} onChange={(event) => set('act', event.target.value)}>
        <option value="">{text.anyAct}</option>
        {Object.entries(text.acts).map(([act, name]) => <option key={act} value={act}>{name}</option>)}
      </Select>
      <TextField label={text.text} type="search" value={values.text} maxLength={LIMITS.reasonLength} onChange={(event) => set('text', event.target.value)} />
      <TextField label={text.by} value={values.by} error={bad(values.by)} autoComplete="off" spellCheck={false} onChange={(event) => set('by', event.target.value)} />
      <TextField label={text.user} value={values.userId} error={bad(values.userId)} autoComplete="off" spellCheck={false} onChange={(event) => set('userId', event.target.value)} />
      <TextField label={text.from} type="datetime-local" value={values.from} onChange={(event) => set('from', event.target.value)} />
      <TextField label={text.until} type="datetime-local" value={values.until} onChange={(event) => set('until', event.target.value)} />
      <div className={styles.buttons}>
        <Button type="submit" variant="primary">{text.search}</Button>
        <Button onClick={clear}>{text.clear}</Button>
      </div>
    </form>
  );
};

import { useState, type FormEvent } from 'react';
import { LIMITS } from '@parley/protocol';
import { useStrings } from '../strings/strings.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { TextField } from './text-field.tsx';
import styles from './create-room-dialog.module.css';

export type EditRoomDialogProps = {
  name: string;
  topic: string;
  busy: boolean;
  error?: string | undefined;
  /** Only what was changed. */
  onSave: (change: { name?: string; topic?: string }) => void;
  onClose: () => void;
};

export const EditRoomDialog = ({ name, topic, busy, error, onSave, onClose }: EditRoomDialogProps) => {
  const strings = useStrings();
  const [nextName, setName] = useState(name);
  const [nextTopic, setTopic] = useState(topic);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (nextName.trim() === '' || busy) return;
    const change = { ...(nextName.trim() === name ? {} : { name: nextName.trim() }), ...(nextTopic.trim() === topic ? {} : { topic: nextTopic.trim() }) };
    if (Object.keys(change).length === 0) onClose();
    else onSave(change);
  };
  return (
    <Dialog title={strings.editRoom.title} onClose={onClose}>
      <form className={styles.form} onSubmit={submit}>
        <TextField label={strings.editRoom.name} value={nextName} error={error} data-focus-first required maxLength={LIMITS.roomNameLength} autoComplete="off" onChange={(event) => setName(event.target.value)} />
        <TextField label={strings.editRoom.topic} hint={strings.editRoom.topicHint} value={nextTopic} maxLength={LIMITS.topicLength} autoComplete="off" onChange={(event) => setTopic(event.target.value)} />
        <div className={styles.buttons}>
          <Button onClick={onClose}>{strings.dialog.cancel}</Button>
          <Button type="submit" variant="primary" disabled={busy || nextName.trim() === ''}>{busy ? strings.editRoom.busy : strings.editRoom.submit}</Button>
        </div>
      </form>
    </Dialog>
  );
};

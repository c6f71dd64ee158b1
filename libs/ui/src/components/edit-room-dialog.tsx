import { useState, type FormEvent } from 'react';
import { LIMITS } from '@parley/protocol';
import { useStrings } from '../strings/strings.ts';
import { durationText } from '../text/duration.ts';
import { Button } from './button.tsx';
import { Checkbox } from './checkbox.tsx';
import { Dialog } from './dialog.tsx';
import { Select } from './select.tsx';
import { TextField } from './text-field.tsx';
import styles from './create-room-dialog.module.css';

export type RoomChange = { name?: string; topic?: string; slowModeMs?: number; readOnly?: boolean };

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const SLOW_MODES_MS = [5 * SECOND_MS, 10 * SECOND_MS, 30 * SECOND_MS, MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, 60 * MINUTE_MS, LIMITS.slowModeMs];

export type EditRoomDialogProps = {
  name: string;
  topic: string;
  slowModeMs: number;
  readOnly: boolean;
  busy: boolean;
  error?: string | undefined;
  /** Only what was changed. */
  onSave: (change: RoomChange) => void;
  onClose: () => void;
};

export const EditRoomDialog = ({ name, topic, slowModeMs, readOnly, busy, error, onSave, onClose }: EditRoomDialogProps) => {
  const strings = useStrings();
  const settings = strings.moderation.room;
  const [nextName, setName] = useState(name);
  const [nextTopic, setTopic] = useState(topic);
  const [nextSlow, setSlow] = useState(slowModeMs);
  const [nextReadOnly, setReadOnly] = useState(readOnly);
  // Another client may have set a pause that is not among these.
  const pauses = [...new Set([...SLOW_MODES_MS, ...(slowModeMs > 0 ? [slowModeMs] : [])])].sort((a, b) => a - b);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (nextName.trim() === '' || busy) return;
    const change: RoomChange = {
      ...(nextName.trim() === name ? {} : { name: nextName.trim() }), ...(nextTopic.trim() === topic ? {} : { topic: nextTopic.trim() }),
      ...(nextSlow === slowModeMs ? {} : { slowModeMs: nextSlow }), ...(nextReadOnly === readOnly ? {} : { readOnly: nextReadOnly }),
    };
    if (Object.keys(change).length === 0) onClose();
    else onSave(change);
  };
  return (
    <Dialog title={strings.editRoom.title} onClose={onClose}>
      <form className={styles.form} onSubmit={submit}>
        <TextField label={strings.editRoom.name} value={nextName} error={error} data-focus-first required maxLength={LIMITS.roomNameLength} autoComplete="off" onChange={(event) => setName(event.target.value)} />
        <TextField label={strings.editRoom.topic} hint={strings.editRoom.topicHint} value={nextTopic} maxLength={LIMITS.topicLength} autoComplete="off" onChange={(event) => setTopic(event.target.value)} />
        <Select label={settings.slowMode} hint={settings.slowModeHint} value={nextSlow} onChange={(event) => setSlow(Number(event.target.value))}>
          <option value={0}>{settings.off}</option>
          {pauses.map((ms) => <option key={ms} value={ms}>{durationText(ms)}</option>)}
        </Select>
        <Checkbox label={settings.readOnly} hint={settings.readOnlyHint} checked={nextReadOnly} onChange={setReadOnly} />
        <div className={styles.buttons}>
          <Button onClick={onClose}>{strings.dialog.cancel}</Button>
          <Button type="submit" variant="primary" disabled={busy || nextName.trim() === ''}>{busy ? strings.editRoom.busy : strings.editRoom.submit}</Button>
        </div>
      </form>
    </Dialog>
  );
};

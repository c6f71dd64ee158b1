import { useState, type KeyboardEvent } from 'react';
import { LIMITS } from '@parley/protocol';
import { byteLength } from '../text/byte-length.ts';
import { useStrings } from '../strings/strings.ts';
import { Button } from './button.tsx';
import { submits } from './composer-keys.ts';
import styles from './message-editor.module.css';

export type MessageEditorProps = { body: string; onSave: (body: string) => void; onCancel: () => void };

export const MessageEditor = ({ body, onSave, onCancel }: MessageEditorProps) => {
  const strings = useStrings();
  const [text, setText] = useState(body);
  const over = byteLength(text) - LIMITS.bodyBytes;
  const valid = text.trim() !== '' && over <= 0;
  const save = () => {
    if (!valid) return;
    if (text === body) onCancel();
    else onSave(text);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (submits(event)) {
      event.preventDefault();
      save();
    } else if (event.key === 'Escape' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      onCancel();
    }
    // The list's own keys stay out of the text.
    event.stopPropagation();
  };
  return (
    <div className={styles.editor}>
      <textarea
        className={styles.text} value={text} dir="auto" autoFocus rows={Math.min(8, text.split('\n').length)}
        aria-label={strings.messages.editLabel} aria-invalid={over > 0 || undefined}
        onChange={(event) => setText(event.target.value)} onKeyDown={onKeyDown}
        onFocus={(event) => event.target.setSelectionRange(text.length, text.length)}
      />
      <div className={styles.row}>
        <span className={over > 0 ? styles.over : styles.hint}>{over > 0 ? strings.composer.over(over) : strings.messages.editHint}</span>
        <Button onClick={onCancel}>{strings.messages.cancel}</Button>
        <Button variant="primary" onClick={save} disabled={!valid}>{strings.messages.save}</Button>
      </div>
    </div>
  );
};

import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
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
  const field = useRef<HTMLTextAreaElement>(null);
  const over = byteLength(text) - LIMITS.bodyBytes;
  const valid = text.trim() !== '' && over <= 0;
  useEffect(() => {
    field.current?.focus({ preventScroll: true });
    field.current?.setSelectionRange(field.current.value.length, field.current.value.length);
  }, []);

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
        ref={field} className={styles.text} value={text} dir="auto" rows={Math.min(8, text.split('\n').length)}
        aria-label={strings.messages.editLabel} aria-invalid={over > 0 || undefined}
        onChange={(event) => setText(event.target.value)} onKeyDown={onKeyDown}
      />
      <div className={styles.row}>
        <span className={over > 0 ? styles.over : styles.hint}>{over > 0 ? strings.composer.over(over) : strings.messages.editHint}</span>
        <Button onClick={onCancel}>{strings.messages.cancel}</Button>
        <Button variant="primary" onClick={save} disabled={!valid}>{strings.messages.save}</Button>
      </div>
    </div>
  );
};

import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { LIMITS } from '@parley/protocol';
import { byteLength } from '../text/byte-length.ts';
import { durationText } from '../text/duration.ts';
import { useStrings } from '../strings/strings.ts';
import { IconButton } from './button.tsx';
import { submits } from './composer-keys.ts';
import { SendIcon } from './icons.tsx';
import { TimeLeft } from './time-left.tsx';
import { VisuallyHidden } from './visually-hidden.tsx';
import styles from './composer.module.css';

export type ComposerProps = {
  room: string;
  initialDraft: string;
  /** Of slow mode: the pause, and until when the next message must wait (milliseconds since 1970). */
  slowMode?: { pauseMs: number; until: number | null } | undefined;
  onDraft: (text: string) => void;
  onSend: (body: string) => void;
  /** `true` at each stroke that leaves something in the field; `false` when it is sent, cleared or left. */
  onTyping: (typing: boolean) => void;
  /** ArrowUp in an empty field. */
  onEditLast: () => void;
};

/** From this share of the limit on, what is left is shown. */
const SHOW_LEFT_FROM = 0.8;

export const Composer = ({ room, initialDraft, slowMode, onDraft, onSend, onTyping, onEditLast }: ComposerProps) => {
  const strings = useStrings();
  const [text, setText] = useState(initialDraft);
  const field = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const bytes = byteLength(text);
  const over = bytes - LIMITS.bodyBytes;
  const waitsUntil = slowMode?.until ?? null;
  const valid = text.trim() !== '' && over <= 0 && waitsUntil === null;

  // Where there is a real keyboard, one can type at once; on a phone the keyboard would hide the room.
  useEffect(() => {
    if (window.matchMedia('(hover: hover) and (pointer: fine)').matches) field.current?.focus();
  }, []);

  const change = (next: string) => {
    setText(next);
    onDraft(next);
    onTyping(next !== '');
  };
  const send = () => {
    if (!valid) return;
    onSend(text);
    change('');
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (submits(event)) {
      event.preventDefault();
      send();
    } else if (event.key === 'ArrowUp' && text === '' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      onEditLast();
    }
  };

  return (
    <form className={styles.composer} onSubmit={(event) => { event.preventDefault(); send(); }}>
      <div className={`${styles.box} ${over > 0 ? styles.invalid : ''}`}>
        <textarea
          ref={field} className={styles.text} value={text} rows={1} dir={text === '' ? undefined : 'auto'} enterKeyHint="send"
          placeholder={strings.composer.placeholder(room)} aria-label={strings.composer.label(room)}
          aria-describedby={`${id}-hint`} aria-invalid={over > 0 || undefined}
          onChange={(event) => change(event.target.value)} onKeyDown={onKeyDown} onBlur={() => onTyping(false)}
        />
        <div className={styles.send}><IconButton type="submit" label={strings.composer.send} icon={<SendIcon size={20} />} disabled={!valid} /></div>
      </div>
      <p id={`${id}-hint`} className={styles.hint}>
        {bytes > LIMITS.bodyBytes * SHOW_LEFT_FROM
          ? <span className={over > 0 ? styles.over : undefined}>{over > 0 ? strings.composer.over(over) : strings.composer.left(-over)}</span>
          : waitsUntil !== null
            ? <TimeLeft until={waitsUntil} text={strings.moderation.standing.wait} />
            : slowMode && slowMode.pauseMs > 0
              ? <span>{strings.moderation.standing.slow(durationText(slowMode.pauseMs))}</span>
              : <span className={styles.keys}>{strings.composer.hint}</span>}
        {over > 0 && <span role="alert"><VisuallyHidden>{strings.errors.codes['too_large']}</VisuallyHidden></span>}
      </p>
    </form>
  );
};

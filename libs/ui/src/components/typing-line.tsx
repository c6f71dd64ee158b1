import { useStrings } from '../strings/strings.ts';
import { isolateRtl } from '../text/direction.ts';
import styles from './typing-line.module.css';

export type TypingLineProps = { names: readonly string[] };

/**
 * Who types, in a line of its own height, so that nothing moves when it fills. It is there to be read, and not announced: what
 * is typed is read out once it is said, and a reader who is interrupted at every stroke of others hears nothing else.
 */
export const TypingLine = ({ names }: TypingLineProps) => {
  const strings = useStrings();
  return (
    <p className={styles.line} data-part="typing">
      {names.length > 0 && (
        <>
          <span className={styles.dots} aria-hidden="true"><span /><span /><span /></span>
          <span className={styles.text} dir="auto">{strings.typing(names.map(isolateRtl))}</span>
        </>
      )}
    </p>
  );
};

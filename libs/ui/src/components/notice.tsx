import { useStrings } from '../strings/strings.ts';
import { IconButton } from './button.tsx';
import { CloseIcon } from './icons.tsx';
import styles from './notice.module.css';

export type NoticeProps = { text: string; onDismiss: () => void };

/** Something did not work, or happened elsewhere. Stays until dismissed: nobody has to be quick to read it. */
export const Notice = ({ text, onDismiss }: NoticeProps) => {
  const strings = useStrings();
  return (
    <div className={styles.notice} role="alert">
      <span className={styles.text}>{text}</span>
      <IconButton small label={strings.errors.dismiss} icon={<CloseIcon size={16} />} onClick={onDismiss} />
    </div>
  );
};

import { useEffect, useId, useRef, type ReactNode } from 'react';
import { useStrings } from '../strings/strings.ts';
import { IconButton } from './button.tsx';
import { CloseIcon } from './icons.tsx';
import styles from './dialog.module.css';

export type DialogProps = { title: string; onClose: () => void; children: ReactNode; footer?: ReactNode };

/** The browser's own modal dialog: it keeps the focus in, gives it back, and closes on Escape. Shown while it is rendered; `data-focus-first` marks where the focus begins. */
export const Dialog = ({ title, onClose, children, footer }: DialogProps) => {
  const strings = useStrings();
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();

  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    if (dialog && !dialog.open) dialog.showModal();
    dialog?.querySelector<HTMLElement>('[data-focus-first]')?.focus();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);

  return (
    <dialog
      ref={ref} className={styles.dialog} aria-labelledby={id}
      closedby="any" onCancel={(event) => { event.preventDefault(); onClose(); }}
    >
      <div className={styles.frame}>
        <header className={styles.header}>
          <h2 id={id} className={styles.title} dir="auto">{title}</h2>
          <IconButton label={strings.dialog.close} icon={<CloseIcon />} onClick={onClose} small />
        </header>
        <div className={styles.body}>{children}</div>
        {footer !== undefined && <footer className={styles.footer}>{footer}</footer>}
      </div>
    </dialog>
  );
};

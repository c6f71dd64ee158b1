import { Checkbox } from '../components/checkbox.tsx';
import { Dialog } from '../components/dialog.tsx';
import { useConsoleStrings } from '../strings/console-strings.ts';
import styles from './keys-dialog.module.css';

export type KeysDialogProps = { keys: readonly { keys: readonly string[]; does: string }[]; singleKeys: boolean; onSingleKeys: (on: boolean) => void; onClose: () => void };

export const KeysDialog = ({ keys, singleKeys, onSingleKeys, onClose }: KeysDialogProps) => {
  const text = useConsoleStrings().console;
  return (
    <Dialog title={text.keys} onClose={onClose}>
      <dl className={styles.keys}>
        {keys.map((each) => (
          <div key={each.does} className={styles.row}>
            <dt>{each.keys.map((key) => <kbd key={key} className={styles.key}>{key}</kbd>)}</dt>
            <dd>{each.does}</dd>
          </div>
        ))}
      </dl>
      <Checkbox label={text.keysOn} hint={text.keysHint} checked={singleKeys} onChange={onSingleKeys} />
    </Dialog>
  );
};

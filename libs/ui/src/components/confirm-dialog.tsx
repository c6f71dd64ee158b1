import { useStrings } from '../strings/strings.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';

export type ConfirmDialogProps = { title: string; explain: string; confirm: string; onConfirm: () => void; onClose: () => void };

export const ConfirmDialog = ({ title, explain, confirm, onConfirm, onClose }: ConfirmDialogProps) => {
  const strings = useStrings();
  return (
    <Dialog
      title={title} onClose={onClose}
      footer={<>
        <Button onClick={onClose} data-focus-first>{strings.dialog.cancel}</Button>
        <Button variant="danger" onClick={() => { onConfirm(); onClose(); }}>{confirm}</Button>
      </>}
    >
      <p>{explain}</p>
    </Dialog>
  );
};

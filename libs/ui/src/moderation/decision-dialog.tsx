import { useState, type KeyboardEvent } from 'react';
import { LIMITS, type CaseDecision } from '@parley/protocol';
import { ActDialog } from '../components/act-dialog.tsx';
import { submits } from '../components/composer-keys.ts';
import { TextArea } from '../components/text-area.tsx';
import { useConsoleStrings } from '../strings/console-strings.ts';

export type DecisionDialogProps = { decision: CaseDecision; busy: boolean; error?: string | undefined; onDecide: (remark: string) => void; onClose: () => void };

/** Closes a case: Enter does it, with or without a remark. */
export const DecisionDialog = ({ decision, busy, error, onDecide, onClose }: DecisionDialogProps) => {
  const { detail } = useConsoleStrings();
  const [remark, setRemark] = useState('');
  const upheld = decision === 'upheld';
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (!submits(event)) return;
    event.preventDefault();
    if (!busy) onDecide(remark);
  };
  return (
    <ActDialog
      title={upheld ? detail.upholdTitle : detail.dismissTitle} explain={upheld ? detail.upholdExplain : detail.dismissExplain} confirm={upheld ? detail.uphold : detail.dismiss}
      busy={busy} error={error} onSubmit={() => onDecide(remark)} onClose={onClose}
    >
      <TextArea label={detail.remark} value={remark} rows={3} maxLength={LIMITS.remarkLength} data-focus-first onKeyDown={onKeyDown} onChange={(event) => setRemark(event.target.value)} />
    </ActDialog>
  );
};

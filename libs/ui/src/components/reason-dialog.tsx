import { useState } from 'react';
import { LIMITS } from '@parley/protocol';
import { useStrings } from '../strings/strings.ts';
import { ActDialog, type ActDialogProps } from './act-dialog.tsx';
import { TextField } from './text-field.tsx';

export type ReasonDialogProps = Omit<ActDialogProps, 'onSubmit' | 'children'> & {
  initialReason?: string;
  /** Whether it may be left empty. */
  optional?: boolean;
  onSubmit: (reason: string) => void;
};

/** Asks why. */
export const ReasonDialog = ({ initialReason = '', optional = false, onSubmit, ...rest }: ReasonDialogProps) => {
  const strings = useStrings();
  const [reason, setReason] = useState(initialReason);
  const [missing, setMissing] = useState(false);
  const submit = () => {
    if (!optional && reason.trim() === '') setMissing(true);
    else onSubmit(reason.trim());
  };
  return (
    <ActDialog {...rest} onSubmit={submit}>
      <TextField
        label={optional ? strings.moderation.reasonOptional : strings.moderation.reason} hint={strings.moderation.reasonShown} value={reason} data-focus-first required={!optional}
        error={missing && reason.trim() === '' ? strings.moderation.reasonMissing : undefined} maxLength={LIMITS.reasonLength} autoComplete="off" onChange={(event) => setReason(event.target.value)}
      />
    </ActDialog>
  );
};

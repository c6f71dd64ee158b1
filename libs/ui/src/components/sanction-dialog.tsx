import { useState } from 'react';
import { LIMITS } from '@parley/protocol';
import { useStrings } from '../strings/strings.ts';
import { durationText } from '../text/duration.ts';
import { ActDialog, type ActDialogProps } from './act-dialog.tsx';
import { Select } from './select.tsx';
import { TextField } from './text-field.tsx';
import styles from './form.module.css';

export type SanctionTerms = { forMs: number | null; reason: string };

export type SanctionDialogProps = Omit<ActDialogProps, 'onSubmit' | 'children'> & {
  initialReason?: string;
  onSubmit: (terms: SanctionTerms) => void;
};

const MINUTE_MS = 60_000;
const UNITS = { minute: MINUTE_MS, hour: 60 * MINUTE_MS, day: 1_440 * MINUTE_MS } as const;
type Unit = keyof typeof UNITS;
const PRESETS_MS = [10 * UNITS.minute, UNITS.hour, UNITS.day, 7 * UNITS.day, 30 * UNITS.day];
const DEFAULT_MS = UNITS.hour;
const LEAST_MS = 1_000;

/** Asks for how long, and why. */
export const SanctionDialog = ({ initialReason = '', onSubmit, ...rest }: SanctionDialogProps) => {
  const strings = useStrings();
  const { duration } = strings.moderation;
  const [choice, setChoice] = useState(String(DEFAULT_MS));
  const [amount, setAmount] = useState('2');
  const [unit, setUnit] = useState<Unit>('day');
  const [reason, setReason] = useState(initialReason);
  const [tried, setTried] = useState(false);
  const forMs = choice === 'good' ? null : choice === 'custom' ? Math.round(Number(amount) * UNITS[unit]) : Number(choice);
  const valid = forMs === null || (forMs >= LEAST_MS && forMs <= LIMITS.sanctionMs);
  const submit = () => {
    setTried(true);
    if (valid && reason.trim() !== '') onSubmit({ forMs, reason: reason.trim() });
  };
  return (
    <ActDialog {...rest} danger onSubmit={submit}>
      <Select label={duration.label} value={choice} data-focus-first onChange={(event) => setChoice(event.target.value)}>
        {PRESETS_MS.map((ms) => <option key={ms} value={ms}>{durationText(ms)}</option>)}
        <option value="good">{duration.forGood}</option>
        <option value="custom">{duration.custom}</option>
      </Select>
      {choice === 'custom' && (
        <div className={styles.custom}>
          <TextField label={duration.amount} type="number" min={0} step="any" inputMode="decimal" value={amount} error={valid ? undefined : duration.invalid} onChange={(event) => setAmount(event.target.value)} />
          <Select label={duration.unit} value={unit} onChange={(event) => setUnit(event.target.value as Unit)}>
            {(Object.keys(UNITS) as Unit[]).map((each) => <option key={each} value={each}>{duration.units[each]}</option>)}
          </Select>
        </div>
      )}
      <TextField
        label={strings.moderation.reason} hint={strings.moderation.reasonShown} value={reason} required maxLength={LIMITS.reasonLength} autoComplete="off"
        error={tried && reason.trim() === '' ? strings.moderation.reasonMissing : undefined} onChange={(event) => setReason(event.target.value)}
      />
    </ActDialog>
  );
};

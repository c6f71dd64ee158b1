import { useState } from 'react';
import { LIMITS, reportCategorySchema, type ReportCategory } from '@parley/protocol';
import { useStrings } from '../strings/strings.ts';
import { ActDialog } from './act-dialog.tsx';
import { Select } from './select.tsx';
import { TextArea } from './text-area.tsx';

export type ReportDialogProps = {
  title: string;
  quote?: string | null;
  busy: boolean;
  error?: string | undefined;
  onReport: (category: ReportCategory, remark: string) => void;
  onClose: () => void;
};

/** Tells the moderators of a message or a person. */
export const ReportDialog = ({ onReport, ...rest }: ReportDialogProps) => {
  const strings = useStrings();
  const { report, categories } = strings.moderation;
  const [category, setCategory] = useState<ReportCategory>('spam');
  const [remark, setRemark] = useState('');
  return (
    <ActDialog {...rest} explain={report.explain} confirm={report.submit} onSubmit={() => onReport(category, remark)}>
      <Select label={report.category} value={category} data-focus-first onChange={(event) => setCategory(event.target.value as ReportCategory)}>
        {reportCategorySchema.options.map((each) => <option key={each} value={each}>{categories[each]}</option>)}
      </Select>
      <TextArea label={report.remark} value={remark} rows={3} maxLength={LIMITS.remarkLength} onChange={(event) => setRemark(event.target.value)} />
    </ActDialog>
  );
};

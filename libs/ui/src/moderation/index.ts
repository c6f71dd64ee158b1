// The moderators' console: an entry of its own, loaded by those who open it.
export { AuditForm, type AuditFormProps, type AuditFormValues } from './audit-form.tsx';
export { AuditTable, type AuditTableProps } from './audit-table.tsx';
export { caseActs, CaseDetail, type CaseAct, type CaseDetailProps } from './case-detail.tsx';
export { CaseList, type CaseListProps } from './case-list.tsx';
export { ConsoleFrame, type ConsoleFrameProps } from './console-frame.tsx';
export { DecisionDialog, type DecisionDialogProps } from './decision-dialog.tsx';
export { KeysDialog, type KeysDialogProps } from './keys-dialog.tsx';
export { QueueFilters, type QueueFiltersProps } from './queue-filters.tsx';
export { RulesEditor, type RuleExample, type RulesEditorProps } from './rules-editor.tsx';

export { ConsoleStringsContext, useConsoleStrings } from '../strings/console-strings.ts';
export { enConsole, type ConsoleStrings } from '../strings/en-console.ts';

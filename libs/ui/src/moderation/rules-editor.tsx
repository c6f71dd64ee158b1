import { useId } from 'react';
import { Button } from '../components/button.tsx';
import { TextArea } from '../components/text-area.tsx';
import { useConsoleStrings } from '../strings/console-strings.ts';
import styles from './rules-editor.module.css';

export type RuleExample = 'words' | 'patterns' | 'links' | 'flood' | 'duplicates' | 'newcomers';

export type RulesEditorProps = {
  text: string;
  version: number;
  /** Of the text as it stands; `null` while it has problems. */
  count: number | null;
  problems: readonly string[];
  changed: boolean;
  busy: boolean;
  error?: string | undefined;
  /** Somebody else has saved meanwhile. */
  conflict: boolean;
  saved: boolean;
  onText: (text: string) => void;
  onExample: (example: RuleExample) => void;
  onSave: () => void;
  onRevert: () => void;
  onLoadTheirs: () => void;
};

const SHOWN_PROBLEMS = 50;

/** All rules of the server as one text, with what is wrong in it. */
export const RulesEditor = ({ text, version, count, problems, changed, busy, error, conflict, saved, onText, onExample, onSave, onRevert, onLoadTheirs }: RulesEditorProps) => {
  const words = useConsoleStrings().rules;
  const id = useId();
  return (
    <form className={styles.editor} aria-label={words.label} onSubmit={(event) => { event.preventDefault(); onSave(); }}>
      <p className={styles.note}>{words.explain}</p>
      <div className={styles.examples} role="group" aria-label={words.insert}>
        <span className={styles.note}>{words.insert}:</span>
        {(Object.keys(words.examples) as RuleExample[]).map((each) => <Button key={each} variant="link" onClick={() => onExample(each)}>{words.examples[each]}</Button>)}
      </div>
      <div className={styles.text}><TextArea code label={words.editor} value={text} rows={18} spellCheck={false} autoComplete="off" aria-describedby={id} onChange={(event) => onText(event.target.value)} /></div>
      <div id={id} role="status">
        {problems.length > 0
          ? (
            <>
              <p className={styles.error}>{words.problems(problems.length)}</p>
              <ul className={styles.problems}>{problems.slice(0, SHOWN_PROBLEMS).map((problem) => <li key={problem}>{problem}</li>)}</ul>
            </>
          )
          : <p className={styles.note}>{saved ? words.saved(version) : words.version(version)}{count !== null && ` · ${words.count(count)}`}{changed && ` · ${words.unsaved}`}</p>}
      </div>
      {error !== undefined && <p className={styles.error} role="alert">{error}</p>}
      {conflict && <p className={styles.error} role="alert">{words.conflict} <Button variant="link" onClick={onLoadTheirs}>{words.load}</Button></p>}
      <div className={styles.buttons}>
        <Button type="submit" variant="primary" disabled={busy || !changed || problems.length > 0}>{words.save}</Button>
        <Button disabled={busy || !changed} onClick={onRevert}>{words.revert}</Button>
      </div>
    </form>
  );
};

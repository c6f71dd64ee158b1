import { useCallback, useDeferredValue, useEffect, useMemo, useState } from 'react';
import { ChatError } from '@parley/chat-client';
import { Button, EmptyState, Skeleton, useStrings } from '@parley/ui';
import { RulesEditor, useConsoleStrings } from '@parley/ui/moderation';
import { useChat } from '../../state/context.ts';
import { errorText } from '../../state/error-text.ts';
import { readRules, withExample, writeRules } from '../../state/rules-text.ts';
import styles from './moderation.module.css';

type Held = { version: number; text: string };

/** The rules of the server, for admins. What is written and not saved is not lost to what another saves. */
export const RulesScreen = () => {
  const strings = useStrings();
  const words = useConsoleStrings();
  const { moderation } = useChat().client;
  const [held, setHeld] = useState<Held | null>(null);
  const [text, setText] = useState('');
  const [failed, setFailed] = useState<string>();
  const [error, setError] = useState<string>();
  const [conflict, setConflict] = useState(false);
  const [busy, setBusy] = useState(false);
  const [saved, setSaved] = useState(false);

  const load = useCallback(async () => {
    try {
      const { version, rules } = await moderation.rules();
      const fresh = writeRules(rules);
      setHeld({ version, text: fresh });
      setText(fresh);
      setConflict(false);
      setError(undefined);
      setFailed(undefined);
    } catch (failure) {
      setFailed(errorText(failure, strings));
    }
  }, [moderation, strings]);
  useEffect(() => {
    const first = async () => load();
    void first();
  }, [load]);

  // Twenty thousand patterns take a while to be checked: one types on meanwhile.
  const settled = useDeferredValue(text);
  const read = useMemo(() => readRules(settled, words), [settled, words]);

  const save = async () => {
    const now = readRules(text, words);
    if (!held || !now.rules) return;
    setBusy(true);
    setError(undefined);
    try {
      const { version } = await moderation.saveRules(held.version, now.rules);
      setHeld({ version, text });
      setSaved(true);
    } catch (failure) {
      if (failure instanceof ChatError && failure.code === 'conflict') setConflict(true);
      // The server compiles the patterns, and says which one it cannot.
      else setError(failure instanceof ChatError && failure.code === 'bad_request' ? failure.message : errorText(failure, strings));
    } finally {
      setBusy(false);
    }
  };
  const change = (next: string) => {
    setSaved(false);
    setText(next);
  };

  if (!held) {
    return failed === undefined
      ? <Skeleton label={words.console.loading} shape="messages" />
      : <EmptyState alert title={words.console.failed} hint={failed} action={<Button onClick={() => void load()}>{strings.errors.retry}</Button>} />;
  }
  return (
    <div className={styles.page}>
      <RulesEditor
        text={text} version={held.version} count={read.rules?.length ?? null} problems={read.problems ?? []} changed={text !== held.text} busy={busy} error={error ?? failed} conflict={conflict} saved={saved}
        onText={change} onExample={(kind) => change(withExample(text, kind) ?? text)} onSave={() => void save()} onRevert={() => change(held.text)} onLoadTheirs={() => void load()}
      />
    </div>
  );
};

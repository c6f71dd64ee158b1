import { useState } from 'react';
import type { CaseId } from '@parley/protocol';
import { EmptyState, ShieldIcon } from '@parley/ui';
import { ConsoleFrame, KeysDialog, useConsoleStrings } from '@parley/ui/moderation';
import { useChat } from '../../state/context.ts';
import { HOME_HREF, sectionHref, type ModerationSection } from '../../state/route.ts';
import { useStore } from '../../state/store.ts';
import { Audit } from './audit.tsx';
import { Queue } from './queue.tsx';
import { RulesScreen } from './rules-screen.tsx';
import { useKeys, useSingleKeys } from './use-keys.ts';

export type ModerationScreenProps = { section: ModerationSection; caseId: CaseId | null };

/** The moderators' console. Loaded by those who open it. */
const ModerationScreen = ({ section, caseId }: ModerationScreenProps) => {
  const words = useConsoleStrings();
  const chat = useChat();
  const { console: text, keyNames } = words;
  const { admin } = useStore(chat.moderation.state);
  const { state } = useStore(chat.rooms);
  const [singleKeys, setSingleKeys] = useSingleKeys();
  const [keysShown, setKeysShown] = useState(false);
  useKeys({ '?': () => setKeysShown(true) }, singleKeys);
  const sections = [
    { id: 'queue' as const, name: text.queue },
    { id: 'audit' as const, name: text.audit },
    ...(admin ? [{ id: 'rules' as const, name: text.rules }] : []),
  ].map(({ id, name }) => ({ name, href: sectionHref(id), current: id === section }));
  const keys = [
    { keys: ['j', 'k', '↓', '↑'], does: keyNames.move },
    { keys: ['Enter'], does: keyNames.openCase },
    { keys: ['Esc'], does: keyNames.close },
    { keys: ['c'], does: keyNames.claim },
    { keys: ['r'], does: keyNames.release },
    { keys: ['h'], does: keyNames.hide },
    { keys: ['m'], does: keyNames.mute },
    { keys: ['b'], does: keyNames.ban },
    { keys: ['u'], does: keyNames.uphold },
    { keys: ['d'], does: keyNames.dismiss },
    { keys: ['g'], does: keyNames.reload },
    { keys: ['?'], does: keyNames.help },
  ];
  const nothing = state !== 'loading' && !admin && chat.moderated().length === 0;
  return (
    <ConsoleFrame backHref={HOME_HREF} sections={sections} onKeys={() => setKeysShown(true)}>
      {nothing && <EmptyState icon={<ShieldIcon size={28} />} title={text.nothingHere} hint={text.nothingHereHint} />}
      {!nothing && section === 'queue' && <Queue caseId={caseId} singleKeys={singleKeys} />}
      {!nothing && section === 'audit' && <Audit />}
      {!nothing && section === 'rules' && <RulesScreen />}
      {keysShown && <KeysDialog keys={keys} singleKeys={singleKeys} onSingleKeys={setSingleKeys} onClose={() => setKeysShown(false)} />}
    </ConsoleFrame>
  );
};

export default ModerationScreen;

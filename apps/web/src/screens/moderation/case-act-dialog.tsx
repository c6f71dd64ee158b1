import { isolate, ReasonDialog, SanctionDialog, wordFor } from '@parley/ui';
import { useConsoleStrings } from '@parley/ui/moderation';
import { useChat } from '../../state/context.ts';
import { useAttempt } from '../use-attempt.ts';
import type { CaseDetails } from './use-case.ts';

export type AskedOfCase = 'hide' | 'mute' | 'ban' | 'ban-server';
export type CaseActDialogProps = { asked: AskedOfCase; detail: CaseDetails; onDone: () => void; onClose: () => void };

/** What is asked before something is done about a case. The first category is the reason until another is written. */
export const CaseActDialog = ({ asked, detail: { case: subject, context }, onDone, onClose }: CaseActDialogProps) => {
  const words = useConsoleStrings();
  const { acts, categories } = words;
  const { moderation } = useChat().client;
  const { busy, error, attempt } = useAttempt();
  const { roomId, messageId, userId } = subject;
  const [category] = subject.categories;
  const asking = { busy, error, onClose, initialReason: category === undefined || category === 'other' ? '' : wordFor(categories, category) ?? '' };
  const name = isolate(subject.userName);
  if (asked === 'hide') {
    return (
      <ReasonDialog
        {...asking} title={acts.hideTitle} explain={acts.hideExplain} confirm={acts.hide} quote={context.find(({ id }) => id === messageId)?.body}
        onSubmit={(reason) => attempt(async () => { if (messageId !== null) await moderation.hide(roomId, messageId, reason); }, onDone)}
      />
    );
  }
  if (asked === 'mute') return <SanctionDialog {...asking} title={acts.muteTitle(name)} explain={acts.muteExplain} confirm={acts.mute} onSubmit={(terms) => attempt(() => moderation.mute(roomId, userId, terms), onDone)} />;
  if (asked === 'ban') return <SanctionDialog {...asking} title={acts.banTitle(name, isolate(subject.roomName))} explain={acts.banExplain} confirm={acts.ban} onSubmit={(terms) => attempt(() => moderation.ban(roomId, userId, terms), onDone)} />;
  return <SanctionDialog {...asking} title={acts.banServerTitle(name)} explain={acts.banServerExplain} confirm={acts.banServer} onSubmit={(terms) => attempt(() => moderation.banUser(userId, terms), onDone)} />;
};

import { isolate, ReasonDialog, ReportDialog, ConfirmDialog, useStrings, type MessageItem } from '@parley/ui';
import { useChat } from '../state/context.ts';
import type { RoomModel } from '../state/room-model.ts';
import { useAttempt } from './use-attempt.ts';

export type AskedAct = { act: 'delete' | 'hide' | 'report'; message: MessageItem };

export type MessageActProps = AskedAct & { model: RoomModel; onNotice: (text: string) => void; onClose: () => void };

/** What is asked before something is done to a message. */
export const MessageAct = ({ act, message, model, onNotice, onClose }: MessageActProps) => {
  const strings = useStrings();
  const { moderation } = useChat().client;
  const { busy, error, attempt } = useAttempt();
  const { id } = message;
  if (id === null) return null;
  const asking = { busy, error, quote: message.body, onClose };
  const remove = (reason?: string) => attempt(() => Promise.resolve().then(() => model.handle.delete(id, reason)), onClose);
  if (act === 'hide') {
    return (
      <ReasonDialog
        {...asking} title={strings.moderation.acts.hideTitle} explain={strings.moderation.acts.hideExplain} confirm={strings.moderation.acts.hide}
        onSubmit={(reason) => attempt(() => moderation.hide(model.id, id, reason), onClose)}
      />
    );
  }
  if (act === 'report') {
    const report = () => {
      onClose();
      onNotice(strings.moderation.report.thanks);
    };
    return <ReportDialog {...asking} title={strings.moderation.report.messageTitle(isolate(message.name))} onReport={(category, remark) => attempt(() => moderation.report(model.id, { messageId: id }, category, remark), report)} />;
  }
  if (!message.mine) return <ReasonDialog {...asking} danger optional title={strings.messages.deleteQuestion} explain={strings.moderation.acts.deleteExplain} confirm={strings.messages.delete} onSubmit={remove} />;
  return <ConfirmDialog title={strings.messages.deleteQuestion} explain={strings.messages.deleteExplain} confirm={strings.messages.delete} onConfirm={() => remove()} onClose={onClose} />;
};

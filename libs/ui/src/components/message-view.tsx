import { memo } from 'react';
import type { MessageItem } from '../messages/message-item.ts';
import type { Strings } from '../strings/en.ts';
import { useStrings } from '../strings/strings.ts';
import { isolate } from '../text/direction.ts';
import { dayLabel, fullTimeOf, isoOf, timeOf } from '../text/clock.ts';
import { Avatar } from './avatar.tsx';
import { Button, IconButton } from './button.tsx';
import { AlertIcon, CheckIcon, ClockIcon, DeleteIcon, EditIcon, FlagIcon, HideIcon, ShowIcon } from './icons.tsx';
import { MessageBody } from './message-body.tsx';
import { MessageEditor } from './message-editor.tsx';
import styles from './message-view.module.css';

/** What can be done to a message. Stable functions: they are passed to every row. */
export type MessageActions = {
  onEditStart: (message: MessageItem) => void;
  onEditSave: (message: MessageItem, body: string) => void;
  onEditCancel: () => void;
  onDelete: (message: MessageItem) => void;
  onHide: (message: MessageItem) => void;
  onRestore: (message: MessageItem) => void;
  onReport: (message: MessageItem) => void;
  onRetry: (message: MessageItem) => void;
  onDiscard: (message: MessageItem) => void;
};

export type MessageViewProps = {
  message: MessageItem;
  startsDay: boolean;
  startsGroup: boolean;
  startsUnread: boolean;
  editing: boolean;
  /** Whether Tab stops here: one message of the list at a time. */
  active: boolean;
  /** The reader's present day, so that "Today" is not drawn for ever. */
  now: number;
  actions: MessageActions;
};

const Delivery = ({ message }: { message: MessageItem }) => {
  const strings = useStrings();
  if (!message.mine || message.body === null || message.state === 'failed') return null;
  if (message.state === 'sent') return <span className={styles.delivery} role="img" aria-label={strings.messages.sent} title={strings.messages.sent}><CheckIcon size={14} /></span>;
  const label = message.state === 'queued' ? (message.waits ? strings.moderation.standing.waiting : strings.messages.queued) : strings.messages.sending;
  return <span className={styles.delivery} role="img" aria-label={label} title={label}><ClockIcon size={14} /></span>;
};

const Failure = ({ message, actions, tabIndex }: { message: MessageItem; actions: MessageActions; tabIndex: number }) => {
  const strings = useStrings();
  return (
    <div className={styles.failure}>
      <AlertIcon size={16} />
      <span>{strings.messages.failed} {message.failure}</span>
      {message.body !== null && <Button variant="link" tabIndex={tabIndex} onClick={() => actions.onEditStart(message)}>{strings.messages.editUnsent}</Button>}
      <Button variant="link" tabIndex={tabIndex} onClick={() => actions.onRetry(message)}>{strings.messages.retry}</Button>
      <Button variant="link" tabIndex={tabIndex} onClick={() => actions.onDiscard(message)}>{strings.messages.discard}</Button>
    </div>
  );
};

const Toolbar = ({ message, actions, tabIndex }: { message: MessageItem; actions: MessageActions; tabIndex: number }) => {
  const strings = useStrings();
  const editable = message.mine && message.body !== null && message.id !== null;
  const sent = message.id !== null;
  const reportable = sent && !message.mine && message.body !== null;
  const hideable = sent && message.moderates && message.body !== null;
  const restorable = sent && message.moderates && message.gone === 'hidden';
  if (!editable && !message.deletable && !reportable && !hideable && !restorable) return null;
  return (
    <div className={styles.toolbar} role="group" aria-label={strings.messages.actions}>
      {editable && <IconButton small tabIndex={tabIndex} label={strings.messages.edit} icon={<EditIcon size={16} />} onClick={() => actions.onEditStart(message)} />}
      {reportable && <IconButton small tabIndex={tabIndex} label={strings.moderation.report.message} icon={<FlagIcon size={16} />} onClick={() => actions.onReport(message)} />}
      {hideable && <IconButton small tabIndex={tabIndex} label={strings.moderation.acts.hide} icon={<HideIcon size={16} />} onClick={() => actions.onHide(message)} />}
      {restorable && <IconButton small tabIndex={tabIndex} label={strings.moderation.acts.restore} icon={<ShowIcon size={16} />} onClick={() => actions.onRestore(message)} />}
      {message.deletable && <IconButton small danger tabIndex={tabIndex} label={strings.messages.delete} icon={<DeleteIcon size={16} />} onClick={() => actions.onDelete(message)} />}
    </div>
  );
};

export const MessageView = memo(({ message, startsDay, startsGroup, startsUnread, editing, active, now, actions }: MessageViewProps) => {
  const strings = useStrings();
  const tabIndex = active ? 0 : -1;
  const time = timeOf(message.at);
  return (
    <>
      {startsDay && <div className={styles.day}><span>{dayLabel(message.at, now, strings)}</span></div>}
      {startsUnread && <div className={styles.unread}><span>{strings.messages.newMarker}</span></div>}
      <div className={`${styles.message} ${startsGroup ? styles.first : ''} ${message.state === 'failed' ? styles.failed : ''} ${editing ? styles.editing : ''}`} data-state={message.state}>
        <div className={styles.gutter}>
          {startsGroup ? <Avatar id={message.by} name={message.name} /> : <time className={styles.besideTime} dir="auto" aria-hidden="true">{time}</time>}
        </div>
        <div className={styles.content}>
          {startsGroup && (
            <div className={styles.heading}>
              <span className={styles.name} dir="auto">{message.name}</span>
              <time className={styles.time} dir="auto" dateTime={isoOf(message.at)} title={fullTimeOf(message.at)}>{time}</time>
            </div>
          )}
          {editing && message.body !== null
            ? <MessageEditor body={message.body} onSave={(body) => actions.onEditSave(message, body)} onCancel={actions.onEditCancel} />
            : (
              <div className={`${styles.said} ${message.state === 'sent' ? '' : styles.unsent}`}>
                {message.body === null ? <em className={styles.deleted} data-part="body" dir="auto">{goneText(message, strings)}</em> : <MessageBody body={message.body} />}
                <span className={styles.marks}>
                  {message.edited && message.body !== null && <span className={styles.edited}>({strings.messages.edited})</span>}
                  <Delivery message={message} />
                </span>
              </div>
            )}
          {message.state === 'failed' && !editing && <Failure message={message} actions={actions} tabIndex={tabIndex} />}
        </div>
        {!editing && <Toolbar message={message} actions={actions} tabIndex={tabIndex} />}
      </div>
    </>
  );
});

/** What stands in place of a body. */
const goneText = (message: MessageItem, strings: Strings): string =>
  message.gone === 'hidden' ? strings.moderation.hidden(message.reason ?? '') : message.gone === 'coming' ? strings.moderation.restoring : strings.messages.deleted;

/** How a screen reader names a message. */
export const messageLabel = (message: MessageItem, strings: Strings): string =>
  `${isolate(message.name)}, ${timeOf(message.at)}: ${isolate((message.body ?? goneText(message, strings)).slice(0, 300))}`;

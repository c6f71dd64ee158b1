import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Banner, Composer, ConfirmDialog, MessageList, messageRows, RoomHeader, Skeleton, StandingNotice, TypingLine, useStrings, type MessageActions } from '@parley/ui';
import { useChat } from '../state/context.ts';
import { errorText } from '../state/error-text.ts';
import { goTo, HOME_HREF } from '../state/route.ts';
import type { RoomModel } from '../state/room-model.ts';
import { useStore } from '../state/store.ts';
import { EditRoom, mayEdit } from './edit-room.tsx';
import { Members } from './members.tsx';
import { MessageAct, type AskedAct } from './message-act.tsx';
import { RoomAnnouncer } from './room-announcer.tsx';
import { usePresence } from './use-presence.ts';
import { useReading } from './use-reading.ts';
import styles from './room-screen.module.css';

export type RoomProps = { model: RoomModel; onNotice: (text: string) => void };

export const Room = ({ model, onNotice }: RoomProps) => {
  const strings = useStrings();
  const chat = useChat();
  const { moderation } = chat.client;
  const room = useStore(model.snapshot);
  const online = useStore(chat.status) === 'online';
  const peer = room.info ? chat.peerOf(room.info) : undefined;
  const presence = usePresence(model, peer);
  const typists = useStore(model.typists);
  const [editingKey, setEditingKey] = useState<string | null>(null);
  const [asked, setAsked] = useState<AskedAct | null>(null);
  const [leaving, setLeaving] = useState(false);
  const [editingRoom, setEditingRoom] = useState(false);
  const [membersOpen, setMembersOpen] = useState(false);
  const { firstUnreadKey, onAtEnd } = useReading(model);
  const rows = useMemo(() => messageRows(room.items, firstUnreadKey), [room.items, firstUnreadKey]);

  const attempt = useCallback((act: () => void) => {
    try {
      act();
    } catch (error) {
      onNotice(errorText(error, strings));
    }
  }, [onNotice, strings]);

  const actions = useMemo((): MessageActions => ({
    onEditStart: (message) => setEditingKey(message.key),
    onEditCancel: () => setEditingKey(null),
    onEditSave: ({ key }, body) => {
      setEditingKey(null);
      attempt(() => model.edit(key, body));
    },
    onDelete: (message) => setAsked({ act: 'delete', message }),
    onHide: (message) => setAsked({ act: 'hide', message }),
    onReport: (message) => setAsked({ act: 'report', message }),
    onRestore: ({ id }) => {
      if (id !== null) moderation.restore(model.id, id).catch((error: unknown) => onNotice(errorText(error, strings)));
    },
    onRetry: ({ key }) => attempt(() => model.retry(key)),
    onDiscard: ({ key }) => model.discard(key),
  }), [model, attempt, moderation, onNotice, strings]);

  // The field gets the focus back when the editor goes.
  const wasEditing = useRef(false);
  useEffect(() => {
    if (wasEditing.current && editingKey === null) document.querySelector<HTMLElement>('form textarea')?.focus({ preventScroll: true });
    wasEditing.current = editingKey !== null;
  }, [editingKey]);

  const { info } = room;
  if (!info) return <div className={styles.talk}><Skeleton label={strings.messages.loading} shape="messages" /></div>;

  const { mute, readOnly, slowModeMs, nextAt } = room.standing;
  const marks = [...(info.readOnly ? [strings.moderation.room.readOnly] : []), ...((info.slowModeMs ?? 0) > 0 ? [strings.moderation.room.slowMode] : [])];
  const name = chat.title(info) || strings.room.fallbackName;
  const leave = async () => {
    try {
      await chat.leave(model.id);
      goTo(HOME_HREF);
    } catch (error) {
      onNotice(info.role === 'owner' ? strings.errors.ownerLeave : errorText(error, strings));
    }
  };

  return (
    <div className={styles.room}>
      <div className={styles.talk}>
        <RoomHeader
          kind={info.kind} name={name} topic={info.topic} peerId={peer} peerPresence={peer && presence.of(peer)} there={presence.known ? presence : null} marks={marks} memberCount={info.memberCount} backHref={HOME_HREF}
          membersOpen={membersOpen} onMembers={() => setMembersOpen((open) => !open)} onEdit={mayEdit(info) ? () => setEditingRoom(true) : undefined} onLeave={info.kind === 'direct' ? undefined : () => setLeaving(true)}
        />
        {room.delayed && online && <Banner tone="warn">{strings.connection.stale}</Banner>}
        {room.state === 'opening' || firstUnreadKey === undefined
          ? <Skeleton label={strings.messages.loading} shape="messages" />
          : (
            <MessageList
              label={strings.messages.label(name)} rows={rows} older={room.older} onOlder={model.loadOlder} editingKey={editingKey} onAtEnd={onAtEnd} actions={actions}
              beginning={info.kind === 'direct' ? strings.messages.beginningDirect(name) : strings.messages.beginning(name)}
            />
          )}
        <RoomAnnouncer model={model} />
        <TypingLine names={typists.map(({ name: typist }) => typist)} />
        {mute || readOnly ? <StandingNotice mute={mute} /> : (
          <Composer
            room={name} initialDraft={chat.drafts.get(model.id)} onDraft={(text) => chat.drafts.set(model.id, text)} slowMode={{ pauseMs: slowModeMs, until: nextAt }}
            onSend={(body) => attempt(() => model.handle.send(body))} onTyping={(typing) => model.handle.typing.set(typing)}
            onEditLast={() => setEditingKey(room.items.findLast((item) => item.mine && item.id !== null && item.body !== null)?.key ?? null)}
          />
        )}
      </div>
      {membersOpen && <Members model={model} info={info} name={name} onNotice={onNotice} onClose={() => setMembersOpen(false)} />}
      {editingRoom && <EditRoom model={model} info={info} onClose={() => setEditingRoom(false)} />}
      {asked && <MessageAct {...asked} model={model} onNotice={onNotice} onClose={() => setAsked(null)} />}
      {leaving && (
        <ConfirmDialog
          title={strings.room.leaveQuestion(name)} explain={info.kind === 'public' ? strings.room.leavePublic : strings.room.leavePrivate}
          confirm={strings.room.leave} onConfirm={() => void leave()} onClose={() => setLeaving(false)}
        />
      )}
    </div>
  );
};

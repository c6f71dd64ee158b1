import { useEffect, useState } from 'react';
import type { SessionResponse } from '@parley/protocol';
import { ChatIcon, EmptyState, isolate, Notice, useStrings } from '@parley/ui';
import { ChatModel } from '../state/chat-model.ts';
import { ChatContext } from '../state/context.ts';
import { errorText } from '../state/error-text.ts';
import { useRoute } from '../state/route.ts';
import { useStore } from '../state/store.ts';
import { ConnectionBanner } from './connection-banner.tsx';
import { RoomScreen } from './room-screen.tsx';
import { RoomsPane } from './rooms-pane.tsx';
import { useTitle } from './use-title.ts';
import styles from './chat-screen.module.css';

export type ChatScreenProps = { session: SessionResponse; onExpired: () => void; onSignedOut: () => void };

/** Everything behind the sign-in: rooms on one side, the room on the other. */
export const ChatScreen = ({ session, onExpired, onSignedOut }: ChatScreenProps) => {
  const strings = useStrings();
  const [notice, setNotice] = useState<string | null>(null);
  const [chat, setChat] = useState<ChatModel | null>(null);

  useEffect(() => {
    const model = new ChatModel({
      session,
      failureText: (error) => errorText(error, strings),
      unnamed: strings.room.fallbackPerson,
      onExpired,
      onAdded: (room) => setNotice(strings.sidebar.invited(isolate(room.name))),
    });
    model.start();
    setChat(model);
    return () => model.stop();
    // The callbacks are of the same screen; a new session is a new screen.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [session]);

  if (!chat) return null;
  return (
    <ChatContext.Provider value={chat}>
      <Panes chat={chat} onNotice={setNotice} onSignOut={() => void chat.forget().finally(onSignedOut)} />
      {notice !== null && <Notice text={notice} onDismiss={() => setNotice(null)} />}
    </ChatContext.Provider>
  );
};

const Panes = ({ chat, onNotice, onSignOut }: { chat: ChatModel; onNotice: (text: string) => void; onSignOut: () => void }) => {
  const strings = useStrings();
  const roomId = useRoute();
  const rooms = useStore(chat.rooms);
  useTitle(rooms.rooms, roomId);
  return (
    <div className={styles.page}>
      <ConnectionBanner />
      <div className={`${styles.panes} ${roomId === null ? styles.atHome : styles.inRoom}`}>
        <div className={styles.side}><RoomsPane current={roomId} onSignOut={onSignOut} /></div>
        <main className={styles.main}>
          {roomId === null
            ? <EmptyState as="h1" icon={<ChatIcon size={28} />} title={strings.room.none} hint={strings.room.noneHint} />
            : <RoomScreen key={roomId} id={roomId} onNotice={onNotice} />}
        </main>
      </div>
    </div>
  );
};

import { lazy, Suspense, useEffect, useState } from 'react';
import type { ChatError } from '@parley/chat-client';
import type { SessionResponse } from '@parley/protocol';
import { AlertIcon, Button, ChatIcon, EmptyState, isolate, Notice, Skeleton, useStrings } from '@parley/ui';
import { ChatModel } from '../state/chat-model.ts';
import { ChatContext } from '../state/context.ts';
import { errorText } from '../state/error-text.ts';
import { useRoute } from '../state/route.ts';
import { useStore } from '../state/store.ts';
import { ConnectionBanner } from './connection-banner.tsx';
import { LazyBoundary } from './lazy-boundary.tsx';
import { RoomScreen } from './room-screen.tsx';
import { RoomsPane } from './rooms-pane.tsx';
import { useTitle } from './use-title.ts';
import styles from './chat-screen.module.css';

export type ChatScreenProps = { session: SessionResponse; onEnded: (error: ChatError) => void; onRenewed: (session: SessionResponse) => void; onSignedOut: () => void };

/** Few people moderate: it is loaded where it is opened. */
const ModerationScreen = lazy(() => import('./moderation/moderation-screen.tsx'));

/** Everything behind the sign-in: rooms on one side, the room on the other. */
export const ChatScreen = ({ session, onEnded, onRenewed, onSignedOut }: ChatScreenProps) => {
  const strings = useStrings();
  const [notice, setNotice] = useState<string | null>(null);
  const [chat, setChat] = useState<ChatModel | null>(null);

  useEffect(() => {
    const model = new ChatModel({
      session,
      failureText: (error) => errorText(error, strings),
      unnamed: strings.room.fallbackPerson,
      onEnded, onRenewed,
      onAdded: (room) => setNotice(strings.sidebar.invited(isolate(room.name))),
      onRemoved: (room, reason) => setNotice(reason === '' ? strings.moderation.standing.removed(isolate(room)) : strings.moderation.standing.removedWhy(isolate(room), reason)),
    });
    model.start();
    setChat(model);
    return () => model.stop();
    // The callbacks are of the same screen; another user is another screen.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [session.user.id]);

  // Refreshed here or in another tab.
  useEffect(() => chat?.renew(session), [chat, session]);

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
  const route = useRoute();
  const roomId = route.at === 'room' ? route.roomId : null;
  const rooms = useStore(chat.rooms);
  useTitle(rooms.rooms, roomId, route.at === 'moderation' ? strings.moderation.entry.title : undefined);
  return (
    <div className={styles.page}>
      <ConnectionBanner />
      <div className={`${styles.panes} ${route.at === 'home' ? styles.atHome : styles.inRoom}`}>
        <div className={styles.side}><RoomsPane route={route} onSignOut={onSignOut} /></div>
        <main className={styles.main}>
          {route.at === 'home' && <EmptyState as="h1" icon={<ChatIcon size={28} />} title={strings.room.none} hint={strings.room.noneHint} />}
          {route.at === 'room' && <RoomScreen key={route.roomId} id={route.roomId} onNotice={onNotice} />}
          {route.at === 'moderation' && (
            <LazyBoundary fallback={<EmptyState alert icon={<AlertIcon size={28} />} title={strings.moderation.entry.crashed} action={<Button onClick={() => window.location.reload()}>{strings.errors.reload}</Button>} />}>
              <Suspense fallback={<Skeleton label={strings.moderation.entry.loading} shape="messages" />}>
                <ModerationScreen section={route.section} caseId={route.caseId} />
              </Suspense>
            </LazyBoundary>
          )}
        </main>
      </div>
    </div>
  );
};

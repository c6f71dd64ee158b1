import { useState } from 'react';
import type { RoomId } from '@parley/protocol';
import { AlertIcon, Barred, Button, EmptyState, Skeleton, useStrings } from '@parley/ui';
import { useChat } from '../state/context.ts';
import { errorText } from '../state/error-text.ts';
import { HOME_HREF } from '../state/route.ts';
import { useStore } from '../state/store.ts';
import { Room } from './room.tsx';
import styles from './room-screen.module.css';

export type RoomScreenProps = { id: RoomId; onNotice: (text: string) => void };

/** A room by its address: shown if one is in it, else what can be done about it. */
export const RoomScreen = ({ id, onNotice }: RoomScreenProps) => {
  const strings = useStrings();
  const chat = useChat();
  const { state } = useStore(chat.rooms);
  const model = chat.room(id);
  if (model) return <Room model={model} onNotice={onNotice} />;
  if (state === 'loading') return <div className={styles.talk}><Skeleton label={strings.messages.loading} shape="messages" /></div>;
  return <Outside id={id} />;
};

const Outside = ({ id }: { id: RoomId }) => {
  const strings = useStrings();
  const chat = useChat();
  const ban = useStore(chat.sanctions).find(({ roomId, kind }) => roomId === id && kind === 'ban') ?? null;
  // Somebody who was banned sees when it is over, not a room that does not exist.
  const [wasBanned, setWasBanned] = useState(ban !== null);
  if (ban && !wasBanned) setWasBanned(true);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const join = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await chat.join(id);
    } catch (failure) {
      setError(errorText(failure, strings));
    } finally {
      setBusy(false);
    }
  };
  if (wasBanned) {
    const unsent = chat.client.unsent(id).flatMap(({ item, state }) => (item.command === 'message:send' && state !== 'discarded' && state !== 'sent' ? [item.payload.body] : []));
    return (
      <Barred ban={ban} room={chat.nameOfRoom(id) ?? strings.room.fallbackName} unsent={unsent} busy={busy} error={error} onComeIn={() => void join()}>
        <a href={HOME_HREF}>{strings.room.back}</a>
      </Barred>
    );
  }
  return (
    <EmptyState
      as="h1" icon={<AlertIcon size={28} />} title={strings.room.notFoundTitle} hint={error ?? strings.room.notFound}
      action={<>
        <Button variant="primary" disabled={busy} onClick={() => void join()}>{strings.room.join}</Button>
        <a href={HOME_HREF}>{strings.room.back}</a>
      </>}
    />
  );
};

import { useState } from 'react';
import type { RoomId } from '@parley/protocol';
import { AlertIcon, Button, EmptyState, Skeleton, useStrings } from '@parley/ui';
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
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const join = async () => {
    setBusy(true);
    try {
      await chat.join(id);
    } catch (failure) {
      setError(errorText(failure, strings));
    } finally {
      setBusy(false);
    }
  };
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

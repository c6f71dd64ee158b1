import { useState } from 'react';
import { CreateRoomDialog, useStrings } from '@parley/ui';
import { useChat } from '../state/context.ts';
import { errorText } from '../state/error-text.ts';
import { goTo, roomHref } from '../state/route.ts';

export const CreateRoom = ({ onClose }: { onClose: () => void }) => {
  const strings = useStrings();
  const chat = useChat();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const create = async (name: string, kind: 'public' | 'private') => {
    setBusy(true);
    setError(undefined);
    try {
      const id = await chat.create({ kind, name });
      onClose();
      goTo(roomHref(id));
    } catch (failure) {
      setError(errorText(failure, strings));
      setBusy(false);
    }
  };
  return <CreateRoomDialog busy={busy} error={error} onCreate={(name, kind) => void create(name, kind)} onClose={onClose} />;
};

import { useEffect, useState, useSyncExternalStore } from 'react';
import { Banner, Button, useStrings } from '@parley/ui';
import { useChat } from '../state/context.ts';
import { useStore } from '../state/store.ts';

/** A connection that is back sooner than this is not worth a word, ms. */
const PATIENCE_MS = 800;

const subscribeNetwork = (listener: () => void): (() => void) => {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
};

export const ConnectionBanner = () => {
  const strings = useStrings();
  const chat = useChat();
  const online = useStore(chat.status) === 'online';
  const network = useSyncExternalStore(subscribeNetwork, () => navigator.onLine);
  const [shown, setShown] = useState(false);
  const [wasOnline, setWasOnline] = useState(false);

  useEffect(() => {
    if (online) {
      setWasOnline(true);
      setShown(false);
      return;
    }
    const timer = setTimeout(() => setShown(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [online]);

  if (online || !(shown || !network)) return null;
  const text = network ? (wasOnline ? strings.connection.reconnecting : strings.connection.connecting) : strings.connection.offline;
  return (
    <Banner tone="warn" action={<Button variant="link" onClick={() => chat.client.connect()}>{strings.connection.retryNow}</Button>}>
      {text}
    </Banner>
  );
};

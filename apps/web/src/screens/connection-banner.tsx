import { useSyncExternalStore } from 'react';
import { Banner, Button, useStrings } from '@parley/ui';
import { useChat } from '../state/context.ts';
import { useStore } from '../state/store.ts';

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
  const trouble = useStore(chat.trouble.store);
  const network = useSyncExternalStore(subscribeNetwork, () => navigator.onLine);
  // Without a network the socket does not know yet that it is dead.
  if (network && trouble === null) return null;
  return (
    <Banner tone="warn" action={<Button variant="link" onClick={() => chat.client.connect()}>{strings.connection.retryNow}</Button>}>
      {network && trouble !== null ? strings.connection[trouble] : strings.connection.offline}
    </Banner>
  );
};

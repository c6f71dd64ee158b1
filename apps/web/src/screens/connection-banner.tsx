import { Banner, Button, useStrings } from '@parley/ui';
import { useChat } from '../state/context.ts';
import { useStore } from '../state/store.ts';

export const ConnectionBanner = () => {
  const strings = useStrings();
  const chat = useChat();
  const trouble = useStore(chat.trouble.store);
  const network = useStore(chat.network.store);
  if (network && trouble === null) return null;
  return (
    <Banner tone="warn" action={<Button variant="link" onClick={() => chat.client.connect()}>{strings.connection.retryNow}</Button>}>
      {network && trouble !== null ? strings.connection[trouble] : strings.connection.offline}
    </Banner>
  );
};

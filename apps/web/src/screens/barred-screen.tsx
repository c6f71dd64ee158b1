import { useEffect } from 'react';
import type { ErrorSanction } from '@parley/chat-client';
import { Barred, Button, useStrings } from '@parley/ui';
import { useInForce } from './use-in-force.ts';

export type BarredScreenProps = { ban: ErrorSanction; onComeIn: () => void; onSignOut: () => void };

/** What somebody sees who is banned from the whole server. */
export const BarredScreen = ({ ban, onComeIn, onSignOut }: BarredScreenProps) => {
  const strings = useStrings();
  const inForce = useInForce(ban.until);
  useEffect(() => {
    document.title = strings.appName;
  }, [strings]);
  return (
    <main style={{ blockSize: '100dvh' }}>
      <Barred ban={inForce ? ban : null} room={null} onComeIn={onComeIn}>
        <Button variant="link" onClick={onSignOut}>{strings.moderation.standing.somebodyElse}</Button>
      </Barred>
    </main>
  );
};

import { useEffect, useState } from 'react';
import type { SessionResponse } from '@parley/protocol';
import { useStrings } from '@parley/ui';
import { ChatScreen } from './screens/chat-screen.tsx';
import { ErrorBoundary } from './screens/error-boundary.tsx';
import { SignInScreen } from './screens/sign-in-screen.tsx';
import { clearSession, loadSession, onSessionElsewhere, saveSession } from './state/session.ts';

export const App = () => {
  const strings = useStrings();
  const [session, setSession] = useState(loadSession);
  const [notice, setNotice] = useState<string>();

  useEffect(() => onSessionElsewhere(() => setSession(loadSession())), []);

  const signedIn = (next: SessionResponse) => {
    saveSession(next);
    setNotice(undefined);
    setSession(next);
  };
  const signedOut = (why?: string) => {
    clearSession();
    setNotice(why);
    setSession(null);
  };

  return (
    <ErrorBoundary strings={strings}>
      {session === null
        ? <SignInScreen notice={notice} onSignedIn={signedIn} />
        : <ChatScreen key={session.user.id} session={session} onExpired={() => signedOut(strings.signIn.expired)} onSignedOut={() => signedOut()} />}
    </ErrorBoundary>
  );
};

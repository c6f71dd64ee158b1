import { useCallback, useEffect, useState } from 'react';
import type { ChatError, ErrorSanction } from '@parley/chat-client';
import type { SessionResponse } from '@parley/protocol';
import { useStrings } from '@parley/ui';
import { BarredScreen } from './screens/barred-screen.tsx';
import { ChatScreen } from './screens/chat-screen.tsx';
import { ErrorBoundary } from './screens/error-boundary.tsx';
import { SignInScreen } from './screens/sign-in-screen.tsx';
import { clearSession, loadSession, onSessionElsewhere, saveSession } from './state/session.ts';

export const App = () => {
  const strings = useStrings();
  const [session, setSession] = useState(loadSession);
  const [notice, setNotice] = useState<string>();
  /** Of the whole server. The session is kept: it is good again once the ban is over. */
  const [ban, setBan] = useState<ErrorSanction | null>(null);

  useEffect(() => onSessionElsewhere(() => setSession(loadSession())), []);

  const signedIn = (next: SessionResponse) => {
    saveSession(next);
    setNotice(undefined);
    setSession(next);
  };
  const signedOut = (why?: string) => {
    clearSession();
    setBan(null);
    setNotice(why);
    setSession(null);
  };
  const ended = (error: ChatError) => {
    if (error.code === 'banned') setBan(error.sanction ?? { kind: 'ban', reason: '', until: null });
    else signedOut(error.code === 'session_revoked' ? strings.signIn.revoked : strings.signIn.expired);
  };
  const renewed = useCallback((next: SessionResponse) => {
    saveSession(next);
    setSession(next);
  }, []);

  return (
    <ErrorBoundary strings={strings}>
      {session === null
        ? <SignInScreen notice={notice} onSignedIn={signedIn} />
        : ban
          ? <BarredScreen ban={ban} onComeIn={() => setBan(null)} onSignOut={() => signedOut()} />
          : <ChatScreen key={session.user.id} session={session} onEnded={ended} onRenewed={renewed} onSignedOut={() => signedOut()} />}
    </ErrorBoundary>
  );
};

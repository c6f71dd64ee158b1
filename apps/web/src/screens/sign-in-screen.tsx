import { useEffect, useState } from 'react';
import { signIn } from '@parley/chat-client';
import { sessionResponseSchema, type SessionResponse } from '@parley/protocol';
import { SignInForm, useStrings } from '@parley/ui';
import { deviceId } from '../state/device.ts';
import { errorText } from '../state/error-text.ts';

export type SignInScreenProps = { notice: string | undefined; onSignedIn: (session: SessionResponse) => void };

export const SignInScreen = ({ notice, onSignedIn }: SignInScreenProps) => {
  const strings = useStrings();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();

  useEffect(() => {
    document.title = strings.appName;
  }, [strings]);

  const submit = async (name: string) => {
    setBusy(true);
    setError(undefined);
    try {
      onSignedIn(sessionResponseSchema.parse(await signIn({ url: window.location.origin, name, deviceId: deviceId() })));
    } catch (failure) {
      setError(errorText(failure, strings));
      setBusy(false);
    }
  };

  return <SignInForm busy={busy} error={error} notice={notice} onSignIn={(name) => void submit(name)} />;
};

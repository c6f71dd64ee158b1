import type { ServerActBody } from '@parley/domain';
import type { Session } from '../sessions/session.ts';

type Revoked = Extract<ServerActBody, { act: 'sessions.revoked' | 'session.revoked' | 'device.revoked' }>;
/** `only`: one session, or those of one device; `but`: all others than this one. No token that it is about is good from `until` on. */
export type Revocation = { kind: 'session' | 'device'; only: string; before: number; until: number } | { kind: 'all'; but: string | undefined; before: number; until: number };

const revocationOf = (act: Revoked): Revocation => {
  const { until } = act;
  switch (act.act) {
    case 'session.revoked': return { kind: 'session', only: act.sessionId, before: Number.POSITIVE_INFINITY, until };
    case 'device.revoked': return { kind: 'device', only: act.deviceId, before: act.before, until };
    case 'sessions.revoked': return { kind: 'all', but: act.except, before: act.before, until };
  }
};

const isAboutTheSame = (a: Revocation, b: Revocation): boolean =>
  a.kind === 'all' ? b.kind === 'all' && a.but === b.but : a.kind === b.kind && a.only === b.only;

/** What stands against the sessions of one user, with one more act. */
export const revokedBy = (known: readonly Revocation[], act: Revoked): Revocation[] => {
  const added = revocationOf(act);
  // Everything that was ended before is among all that end now.
  if (added.kind === 'all' && added.but === undefined) return [added];
  return [...known.filter((each) => !isAboutTheSame(each, added)), added];
};

export const covers = (revocation: Revocation, { id, deviceId, issuedAt }: Session): boolean => {
  if (issuedAt >= revocation.before) return false;
  switch (revocation.kind) {
    case 'session': return revocation.only === id;
    case 'device': return revocation.only === deviceId;
    case 'all': return revocation.but !== id;
  }
};

import { newCmid, newUserId, type ServerActBody } from '@parley/domain';
import type { DeviceId, SessionId } from '@parley/protocol';
import { describe, expect, it } from 'vitest';
import type { Session } from '../sessions/session.ts';
import { InForce } from './in-force.ts';

const ada = { id: newUserId(), name: 'Ada' };
const bob = { id: newUserId(), name: 'Bob' };
const until = 1_000_000;

const folded = (...acts: ServerActBody[]): InForce => {
  const inForce = new InForce();
  acts.forEach((act, index) => inForce.apply({ ...act, serial: index + 1, at: 1_000, by: null, cmid: newCmid() }));
  return inForce;
};
const session = (id: string, issuedAt: number, deviceId: string | null = null, user = ada): Session =>
  ({ id: id as SessionId, deviceId: deviceId as DeviceId | null, user, issuedAt, expiresAt: until, issuer: null, keyId: null });
const revoked = (inForce: InForce, ...sessions: Session[]) => sessions.map((each) => inForce.isRevoked(each));

describe('a ban of the server', () => {
  const ban = (forUntil: number | null): ServerActBody => ({ act: 'user.banned', userId: ada.id, until: forUntil, reason: 'spam' });

  it('holds until it ends by itself, and no longer', () => {
    const inForce = folded(ban(5_000));
    expect(inForce.banOf(ada.id, 4_999)).toEqual({ since: 1_000, until: 5_000, reason: 'spam', by: null });
    expect(inForce.banOf(ada.id, 5_000)).toBeNull();
    expect(inForce.banOf(bob.id, 0)).toBeNull();
  });

  it('for good holds until it is undone', () => {
    expect(folded(ban(null)).banOf(ada.id, Number.MAX_SAFE_INTEGER)).toMatchObject({ until: null });
    expect(folded(ban(null), { act: 'user.unbanned', userId: ada.id }).banOf(ada.id, 0)).toBeNull();
  });

  it('is replaced by a later one, shorter or longer', () => {
    expect(folded(ban(null), ban(2_000)).banOf(ada.id, 2_000)).toBeNull();
    expect(folded(ban(2_000), ban(null)).banOf(ada.id, 2_000)).not.toBeNull();
  });

  it('is forgotten once it is over', () => {
    const inForce = folded(ban(5_000), { ...ban(null), userId: bob.id } as ServerActBody);
    inForce.sweep(5_000, 10);
    expect([inForce.bans, inForce.banOf(bob.id, 5_000) !== null]).toEqual([1, true]);
  });
});

describe('a revocation', () => {
  it('of one session leaves the others, also those of another user with the same id', () => {
    const inForce = folded({ act: 'session.revoked', userId: ada.id, sessionId: 's1' as SessionId, until });
    expect(revoked(inForce, session('s1', 0), session('s2', 0), session('s1', 0, null, bob))).toEqual([true, false, false]);
  });

  it('of a device ends its sessions that had begun, and not the next one', () => {
    const inForce = folded({ act: 'device.revoked', userId: ada.id, deviceId: 'laptop-1' as DeviceId, before: 500, until });
    expect(revoked(inForce, session('a', 499, 'laptop-1'), session('b', 500, 'laptop-1'), session('c', 1, 'phone-01'), session('d', 1))).toEqual([true, false, false, false]);
  });

  it('of all ends what had begun, and who signs in after it is let in', () => {
    const inForce = folded({ act: 'sessions.revoked', userId: ada.id, before: 500, until });
    expect(revoked(inForce, session('a', 0), session('b', 499), session('c', 500))).toEqual([true, true, false]);
  });

  it('of all others leaves the one that asked', () => {
    const inForce = folded({ act: 'sessions.revoked', userId: ada.id, before: 500, except: 'mine' as SessionId, until });
    expect(revoked(inForce, session('mine', 1), session('other', 1), session('later', 600))).toEqual([false, true, false]);
  });

  it('is not undone by a later one, whatever that one spares', () => {
    const all: ServerActBody = { act: 'sessions.revoked', userId: ada.id, before: 500, until };
    const butMine: ServerActBody = { ...all, before: 900, except: 'mine' as SessionId };
    expect(revoked(folded(all, butMine), session('mine', 1))).toEqual([true]);
    const butYours: ServerActBody = { ...all, before: 950, except: 'yours' as SessionId };
    expect(revoked(folded(butMine, butYours), session('mine', 1), session('yours', 1))).toEqual([true, true]);
  });

  it('of all takes the place of those before it in memory', () => {
    const many: ServerActBody[] = Array.from({ length: 40 }, (_, n) => ({ act: 'session.revoked', userId: ada.id, sessionId: `s${n}` as SessionId, until }));
    const inForce = folded(...many);
    expect(inForce.revocationsOf(ada.id)).toBe(40);
    inForce.apply({ act: 'sessions.revoked', userId: ada.id, before: 500, until, serial: 41, at: 500, by: null, cmid: newCmid() });
    expect(inForce.revocationsOf(ada.id)).toBe(1);
  });

  it('is forgotten once no token outlives it', () => {
    const inForce = folded(
      { act: 'sessions.revoked', userId: ada.id, before: 500, until: 10 }, { act: 'session.revoked', userId: ada.id, sessionId: 's1' as SessionId, until: 10 },
      { act: 'device.revoked', userId: ada.id, deviceId: 'laptop-1' as DeviceId, before: 1, until: 10 }, { act: 'sessions.revoked', userId: bob.id, before: 1, except: 'x' as SessionId, until: 11 },
    );
    // One user at a time, and round again.
    for (let n = 0; n < 4; n += 1) inForce.sweep(10, 1);
    expect([inForce.revocations, inForce.revocationsOf(bob.id)]).toEqual([1, 1]);
  });
});

it('admins are those made last and not unmade, and an act of a kind that is not known changes nothing', () => {
  const inForce = folded({ act: 'user.made_admin', userId: ada.id }, { act: 'user.made_admin', userId: bob.id }, { act: 'user.unmade_admin', userId: ada.id }, { act: 'rules.changed', version: 7 }, { act: 'user.promoted' } as never);
  expect([inForce.isAdmin(ada.id), inForce.isAdmin(bob.id), inForce.rulesVersion, inForce.serial]).toEqual([false, true, 7, 5]);
});

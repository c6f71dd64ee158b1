import type { ServerActBody } from '@parley/domain';
import type { DeviceId, SessionId } from '@parley/protocol';
import type { Session } from '../sessions/session.ts';

type Revoked = Extract<ServerActBody, { act: 'sessions.revoked' | 'session.revoked' | 'device.revoked' }>;
type Before = { before: number; until: number };

/** The sessions of one user that were ended. */
export class Revocations {
  #all: Before | null = null;
  /** All but one: by that one. */
  readonly #others = new Map<SessionId, Before>();
  readonly #sessions = new Map<SessionId, number>();
  readonly #devices = new Map<DeviceId, Before>();

  get size(): number {
    return (this.#all ? 1 : 0) + this.#others.size + this.#sessions.size + this.#devices.size;
  }

  apply(act: Revoked): void {
    switch (act.act) {
      case 'session.revoked':
        this.#sessions.set(act.sessionId, act.until);
        break;
      case 'device.revoked':
        this.#devices.set(act.deviceId, act);
        break;
      case 'sessions.revoked':
        if (act.except === undefined) this.#revokeAll(act);
        else this.#others.set(act.except, act);
    }
  }

  covers({ id, deviceId, issuedAt }: Session): boolean {
    if (this.#sessions.has(id) || issuedAt < (this.#all?.before ?? -1)) return true;
    if (deviceId !== null && issuedAt < (this.#devices.get(deviceId)?.before ?? -1)) return true;
    for (const [except, { before }] of this.#others) if (except !== id && issuedAt < before) return true;
    return false;
  }

  /** Forgets those that no token outlives. */
  sweep(now: number): void {
    if (this.#all && this.#all.until <= now) this.#all = null;
    for (const [id, until] of this.#sessions) if (until <= now) this.#sessions.delete(id);
    for (const map of [this.#others, this.#devices]) {
      for (const [id, { until }] of map) if (until <= now) (map as Map<string, Before>).delete(id);
    }
  }

  /** Everything that was ended before is among what ends now. */
  #revokeAll({ before, until }: Before): void {
    this.#all = { before, until };
    this.#others.clear();
    this.#sessions.clear();
    this.#devices.clear();
  }
}

import type { AddressSettings } from './addresses.ts';

/** Who is let in, and how fast. The defaults are those of the settings of the same names. */
export type AdmissionSettings = AddressSettings & {
  /** Clients let in a second. */
  acceptRate: number;
  /** Connections that have not signed in. */
  handshakes: number;
  /** Within which a connection has to sign in, milliseconds; then it is closed. Longer than anybody waits for their turn. */
  signInMs: number;
  /** Open connections of one address. */
  addressSockets: number;
  /** Open connections of one user. */
  userSockets: number;
};

export const DEFAULT_ADMISSION: AdmissionSettings = {
  acceptRate: 1_000, handshakes: 10_000, signInMs: 10_000, addressSockets: 1_000, userSockets: 50, addressExempt: ['loopback'], trustedProxies: [],
};

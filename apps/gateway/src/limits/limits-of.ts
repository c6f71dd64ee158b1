import type { Limits } from '@parley/domain';

type Configured = Readonly<Record<`${'send' | 'read' | 'join' | 'signal' | 'report' | 'room' | 'addressSignIn' | 'addressConnect'}${'Rate' | 'Burst'}`, number>>;

/** The limits, as configured. */
export const limitsOf = (config: Configured): Limits => ({
  user_sends: { perSecond: config.sendRate, burst: config.sendBurst },
  user_reads: { perSecond: config.readRate, burst: config.readBurst },
  user_joins: { perSecond: config.joinRate, burst: config.joinBurst },
  user_signals: { perSecond: config.signalRate, burst: config.signalBurst, unshared: true },
  user_reports: { perSecond: config.reportRate, burst: config.reportBurst },
  room_changes: { perSecond: config.roomRate, burst: config.roomBurst },
  address_sign_ins: { perSecond: config.addressSignInRate, burst: config.addressSignInBurst },
  address_connections: { perSecond: config.addressConnectRate, burst: config.addressConnectBurst },
});

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DEFAULT_SEND_RATE } from '@parley/protocol';
import { loadConfig } from '@parley/runtime';
import { DEFAULT_ADMISSION } from './admission-settings.ts';
import { limitsOf } from './limits-of.ts';

const config = loadConfig('gateway', {});
const limits = limitsOf(config);
const grouped = (n: number): string => n.toLocaleString('en').replaceAll(',', ' ');

it('docs/protocol.md names the limits as they are by default', () => {
  const text = readFileSync(new URL('../../../../docs/protocol.md', import.meta.url), 'utf8');
  expect(limits.user_sends).toEqual(DEFAULT_SEND_RATE);
  for (const sentence of [
    `up to ${grouped(limits.room_changes.perSecond)} times a second, ${grouped(limits.room_changes.burst)} at once`,
    `${limits.user_reads.perSecond} a second per user, ${grouped(limits.user_reads.burst)} at once`,
    `${limits.user_signals.perSecond} commands a second per user and gateway, ${grouped(limits.user_signals.burst)} at once`,
    `${limits.user_reports.perSecond} report a second per user, ${limits.user_reports.burst} at once`,
    `guests who sign in, ${limits.address_sign_ins.perSecond} a second, ${limits.address_sign_ins.burst} at once`,
    `new connections, ${limits.address_connections.perSecond} a second, ${limits.address_connections.burst} at once`,
    `${grouped(config.addressSockets)} open ones per gateway`,
    `not signed in within ${DEFAULT_ADMISSION.signInMs / 1_000} s`,
  ]) expect(text).toContain(sentence);
  expect(limits.user_joins).toEqual(limits.user_reads);
});

it('a gateway that is told nothing takes the defaults of the settings', () => {
  const { signInMs: _, ...settings } = DEFAULT_ADMISSION;
  expect(config).toMatchObject(settings);
});

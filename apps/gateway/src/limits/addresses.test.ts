import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createAddresses, type AddressSettings } from './addresses.ts';

const keyOf = (settings: Partial<AddressSettings>, remoteAddress: string | undefined, forwarded?: string): string | null =>
  createAddresses({ trustedProxies: [], addressExempt: [], ...settings })
    .keyOf({ headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }, socket: { remoteAddress } } as unknown as IncomingMessage);

describe('the address a request is counted under', () => {
  it('is the peer, whatever it says of itself', () => {
    expect(keyOf({}, '203.0.113.7')).toBe('203.0.113.7');
    expect(keyOf({}, '203.0.113.7', '198.51.100.1')).toBe('203.0.113.7');
    expect(keyOf({ trustedProxies: ['10.0.0.0/8'] }, '203.0.113.7', '198.51.100.1, 10.0.0.1')).toBe('203.0.113.7');
  });

  it('is what trusted proxies saw, the last that none of them is', () => {
    const trustedProxies = ['10.0.0.0/8', 'loopback'];
    expect(keyOf({ trustedProxies }, '10.1.2.3', '198.51.100.1')).toBe('198.51.100.1');
    expect(keyOf({ trustedProxies }, '127.0.0.1', '192.0.2.66, 198.51.100.1, 10.9.9.9')).toBe('198.51.100.1');
    expect(keyOf({ trustedProxies }, '10.1.2.3')).toBe('10.1.2.3');
  });

  it('is the peer where the header is nonsense', () => {
    const trustedProxies = ['loopback'];
    for (const nonsense of ['', 'unknown', '198.51.100.1, x', '"', '999.1.1.1']) expect(keyOf({ trustedProxies }, '127.0.0.1', nonsense), nonsense).toBe('127.0.0.1');
  });

  it('is one for all that a subscriber has of IPv6, and for IPv4 in either form', () => {
    expect(keyOf({}, '2001:db8:1:2:aaaa::1')).toBe('2001:db8:1:2::/64');
    expect(keyOf({}, '2001:db8:1:2:bbbb::2')).toBe('2001:db8:1:2::/64');
    expect(keyOf({}, '2001:db8:1:3::1')).toBe('2001:db8:1:3::/64');
    expect(keyOf({}, '::ffff:203.0.113.7')).toBe('203.0.113.7');
  });

  it('is none where it is exempt, by the peer or by what a trusted proxy saw', () => {
    const addressExempt = ['loopback', '192.0.2.0/24'];
    expect(keyOf({ addressExempt }, '127.0.0.1')).toBeNull();
    expect(keyOf({ addressExempt }, '::1')).toBeNull();
    expect(keyOf({ addressExempt }, '::ffff:127.0.0.2')).toBeNull();
    expect(keyOf({ addressExempt }, '192.0.2.9')).toBeNull();
    expect(keyOf({ addressExempt }, '203.0.113.7', '127.0.0.1')).toBe('203.0.113.7');
    expect(keyOf({ addressExempt, trustedProxies: ['loopback'] }, '127.0.0.1', '203.0.113.7')).toBe('203.0.113.7');
    expect(keyOf({ addressExempt }, undefined)).toBeNull();
  });
});

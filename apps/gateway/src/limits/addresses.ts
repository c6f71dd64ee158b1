import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';
import proxyAddr from 'proxy-addr';

export type AddressSettings = {
  /** Whose `X-Forwarded-For` is believed: addresses, networks, `loopback`, `linklocal`, `uniquelocal`. */
  trustedProxies: readonly string[];
  /** Whose requests no limit per address counts, written the same. */
  addressExempt: readonly string[];
};

export type Addresses = {
  /** Of the client a request came from, as far as can be believed. `null`: it is not known. */
  of(request: IncomingMessage): string | null;
  /** Whether it came by way of a proxy that is believed. */
  isProxied(request: IncomingMessage): boolean;
  /** What a request is counted under: its client's IPv4 address, or the /64 its IPv6 address is in, of which one subscriber has all. `null`: it is not counted. */
  keyOf(request: IncomingMessage): string | null;
};

const matcher = (networks: readonly string[]): ((address: string) => boolean) => {
  if (networks.length === 0) return () => false;
  const matches = proxyAddr.compile([...networks]);
  return (address) => matches(address, 0);
};

const SUBSCRIBER_GROUPS = 4;

const keyOfAddress = (address: string): string => {
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6 ? `${parsed.parts.slice(0, SUBSCRIBER_GROUPS).map((part) => part.toString(16)).join(':')}::/64` : parsed.toString();
};

export const createAddresses = ({ trustedProxies, addressExempt }: AddressSettings): Addresses => {
  const isTrusted = matcher(trustedProxies);
  const isExempt = matcher(addressExempt);
  const of = (request: IncomingMessage): string | null => {
    const peer = request.socket.remoteAddress;
    // It has gone already; or it came through a Unix socket, from a neighbour who has looked.
    if (peer === undefined) return null;
    const told = proxyAddr(request, isTrusted);
    return ipaddr.isValid(told) ? told : peer;
  };
  return {
    of,
    // Who comes through a Unix socket is a neighbour, with what it was told.
    isProxied: ({ socket: { remoteAddress } }) => remoteAddress === undefined || isTrusted(remoteAddress),
    keyOf: (request) => {
      const address = of(request);
      return address === null || isExempt(address) ? null : keyOfAddress(address);
    },
  };
};

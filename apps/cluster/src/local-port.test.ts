import { expect, test } from 'vitest';
import { localPort } from './local-port.ts';

test.each([
  ['nats://127.0.0.1:14222', 14222],
  ['127.0.0.1:14222', 14222],
  ['localhost', 4222],
  ['redis://[::1]', 4222],
  ['postgres://parley@127.0.0.1/parley', 4222],
  ['postgres://db.example/parley', null],
  ['nats.example:4222', null],
])('%s is a server on port %s of this machine', (address, port) => {
  expect(localPort(address, 4222)).toBe(port);
});

import { describe, test } from 'vitest';
import { roomLogContract } from '@parley/testkit/contracts/room-log';
import { clusterRig, oldNats, recentNats, singleRig } from './testing/rigs.ts';

const skipped = (what: string, why: string): void =>
  void describe(`room log: ${what}`, () => {
    // oxlint-disable-next-line vitest/expect-expect -- there is nothing to expect without a server
    test('the whole contract', (context) => {
      console.warn(`skipped ${what}: ${why}`);
      context.skip(why);
    });
  });
const OLD = 'no nats-server older than 2.12 is installed';
const RECENT = 'no nats-server 2.12 or later is installed: go install github.com/nats-io/nats-server/v2@v2.12.0';

for (const [binary, why] of [[oldNats, OLD], [recentNats, RECENT]] as const) {
  if (!binary) skipped('JetStream, one replica', why);
  else {
    roomLogContract(`JetStream ${binary.version}, one replica`, {
      start: () => singleRig(binary.path),
      startSmall: (maxBytes) => singleRig(binary.path, { maxBytes }),
      tooLargeBytes: 2 * 1024 * 1024,
    });
  }
}

if (!recentNats) skipped('JetStream, three replicas', RECENT);
else {
  const { path, version } = recentNats;
  roomLogContract(`JetStream ${version}, three replicas`, {
    start: () => clusterRig(path),
    startSmall: (maxBytes) => clusterRig(path, { maxBytes }),
    tooLargeBytes: 2 * 1024 * 1024,
  });
}

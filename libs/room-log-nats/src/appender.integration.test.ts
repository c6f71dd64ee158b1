import { describe, test } from 'vitest';
import { appenderContract } from '@parley/testkit/contracts/appender';
import { oldNats, recentNats, singleRig } from './testing/rigs.ts';

for (const binary of [oldNats, recentNats]) {
  if (binary) appenderContract(`JetStream ${binary.version}, one replica`, { start: () => singleRig(binary.path) });
}

if (!oldNats && !recentNats) {
  describe('appender: JetStream', () => {
    test('the whole contract', (context) => context.skip('no nats-server is installed'));
  });
}

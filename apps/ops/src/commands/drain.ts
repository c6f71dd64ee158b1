import { setTimeout as sleep } from 'node:timers/promises';
import { NodeError } from '@parley/nodes-nats';
import { command, numberOf, operandOf } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { counted } from '../output/words.ts';
import { chooseNode } from '../target/choose-nodes.ts';

const TIMEOUT_S = 60;
const LOOK_EVERY_MS = 250;

export const drain = command({
  name: 'drain',
  summary: 'Lets a gateway or worker leave as on SIGTERM, and waits until it has.',
  operands: 'NODE',
  options: { timeout: { type: 'string', value: 'S', meaning: `how long to wait for it, ${TIMEOUT_S} seconds by default` } },
  details: ['', 'A gateway turns unready, asks its clients to move, finishes what was begun and exits. Whatever supervises it may start it again.'],
  run: async ({ positionals, values: { timeout } }, { target, out }) => {
    const seconds = numberOf('timeout', timeout, TIMEOUT_S);
    const directory = await target.nodes();
    const { instance, status: { name, app } } = await chooseNode(directory, operandOf('node', positionals));
    await directory.ask(instance, 'drain', {});
    const deadline = performance.now() + seconds * 1_000;
    let sockets: number | null = null;
    while (performance.now() < deadline) {
      try {
        const { counts } = await directory.ask(instance, 'status', {});
        if (counts['sockets'] !== undefined && counts['sockets'] !== sockets) out.note(`${name} is leaving: ${counted(counts['sockets'], 'socket')} left`);
        sockets = counts['sockets'] ?? null;
      } catch (error) {
        if (!(error instanceof NodeError)) throw error;
        if (error.code === 'gone') {
          out.item({ node: name, instance, app, left: true }, `${name} has left`);
          return EXIT.ok;
        }
      }
      await sleep(LOOK_EVERY_MS);
    }
    out.item({ node: name, instance, app, left: false, sockets }, `${name} has not left within ${seconds} s${sockets ? `: ${counted(sockets, 'socket')} left` : ''}`);
    return EXIT.findings;
  },
});

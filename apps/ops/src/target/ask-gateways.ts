import type { NodePage } from '@parley/domain';
import { MAX_PAGE, NodeError, type AnsweringNode, type NodeDirectory } from '@parley/nodes-nats';
import type { Output } from '../output/output.ts';
import { chooseNodes } from './choose-nodes.ts';

export type Gathered<T> = { rows: (T & { node: string })[]; /** There are more than were asked for. */ more: boolean; /** Every gateway answered. */ whole: boolean };

/** Pages of one gateway after the other, up to `limit` rows in all. Says of whom nothing came. */
export const askGateways = async <T>(
  { directory, node, limit, out }: { directory: NodeDirectory; node: string | undefined; limit: number; out: Output },
  ask: (gateway: AnsweringNode, query: { after?: string; limit: number }) => Promise<NodePage<T>>,
): Promise<Gathered<T>> => {
  const { nodes, silent } = await chooseNodes(directory, node);
  const gathered: Gathered<T> = { rows: [], more: false, whole: true };
  const lacks = (name: string): void => {
    gathered.whole = false;
    out.note(`${name} did not answer within ${directory.answerWithinMs / 1_000} s: what it has is not listed`);
  };
  for (const { status } of silent) if (status.app === 'gateway') lacks(status.name);
  for (const gateway of nodes.filter(({ status }) => status.app === 'gateway')) {
    try {
      for (let after: string | null = null; ;) {
        const left = limit - gathered.rows.length;
        if (left === 0) {
          gathered.more ||= gateway.status.counts['sockets'] !== 0;
          break;
        }
        const page: NodePage<T> = await ask(gateway, { ...(after === null ? {} : { after }), limit: Math.min(left, MAX_PAGE) });
        gathered.rows.push(...page.items.map((item) => ({ node: gateway.status.name, ...item })));
        after = page.next;
        if (after === null) break;
        gathered.more = gathered.rows.length >= limit;
      }
    } catch (error) {
      if (!(error instanceof NodeError)) throw error;
      lacks(gateway.status.name);
    }
  }
  return gathered;
};

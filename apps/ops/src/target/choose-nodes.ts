import type { AnsweringNode, NodeDirectory, SilentNode } from '@parley/nodes-nats';
import { EXIT, OpsError } from '../exit-codes.ts';

/** All nodes, or those of one name or incarnation. */
export const chooseNodes = async (directory: NodeDirectory, wanted: string | undefined): Promise<{ nodes: AnsweringNode[]; silent: SilentNode[] }> => {
  const { nodes, silent } = await directory.list();
  if (wanted === undefined) return { nodes, silent };
  const isWanted = ({ instance, status }: AnsweringNode | SilentNode): boolean => instance === wanted || status.name === wanted;
  const chosen = { nodes: nodes.filter(isWanted), silent: silent.filter(isWanted) };
  if (chosen.nodes.length + chosen.silent.length === 0) throw new OpsError(EXIT.notFound, `there is no node ${wanted}`);
  return chosen;
};

/** The one of that name that answers. */
export const chooseNode = async (directory: NodeDirectory, wanted: string): Promise<AnsweringNode> => {
  const { nodes } = await chooseNodes(directory, wanted);
  const [only, ...more] = nodes;
  if (!only) throw new OpsError(EXIT.unavailable, `${wanted} did not answer within ${directory.answerWithinMs / 1_000} s`);
  if (more.length > 0) throw new OpsError(EXIT.usage, `several nodes are called ${wanted}: choose one of ${nodes.map(({ instance }) => instance).join(', ')}`);
  return only;
};

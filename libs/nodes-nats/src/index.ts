export { serveNode, type NodeService, type ServeNodeOptions } from './serve-node.ts';
export { NodeDirectory, NodeError, type AnsweringNode, type NodeDirectoryOptions, type SilentNode } from './node-directory.ts';
export { MAX_PAGE } from './questions.ts';

/** What needs Node: `import { fileOutbox } from '@parley/chat-client/node'`. */
export { fileOutbox } from './outbox-file.ts';

import { ALL_SHARDS, shardOf, type RoomRef, type Shard } from '@parley/domain';
import type { RoomId } from '@parley/protocol';

/**
 * Every NATS subject, stream and consumer name is built, and taken apart, here. One function per name.
 *
 * | what | name |
 * | --- | --- |
 * | a room's log | `log.<region>.<shard>.<epoch>.<room>` |
 * | its heads | `head.<region>.<shard>.<epoch>.<room>`, republished by the stream |
 * | the stream of all logs of a region | `parley-log-<ulid>`, found by its subjects |
 * | which stream that is to be | `home.<region>` in the stream `parley-log-home-<region>` |
 * | a worker's consumer | `<name>-<shard>` |
 * | dead letters | `dead.<region>.<consumer>` in the stream `parley-dead-letters` |
 * | a query of the store | `store.<region>.<query>`, the service `parley-store` |
 * | a hint that something was done on the whole server | `acts.<region>` |
 * | a question to one process | `node.<region>.<instance>.<question>`, the service `parley-node` |
 * | a process' sign of life | `alive.<region>.<instance>` in the stream `parley-nodes` |
 */
export type Region = string & { readonly __brand: 'Region' };

const TOKEN = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** A region's name is one token of a subject. Throws `RangeError`. */
export const regionOf = (name: string): Region => {
  if (!TOKEN.test(name)) throw new RangeError('a region is named by 1 to 32 of a-z, 0-9 and -, not beginning with -');
  return name as Region;
};

const roomTokens = (region: Region, { roomId, epoch }: RoomRef): string => `${region}.${shardOf(roomId)}.${epoch}.${roomId}`;

export const logSubject = (region: Region, ref: RoomRef): string => `log.${roomTokens(region, ref)}`;
export const logSubjectsOfShard = (region: Region, shard: Shard): string => `log.${region}.${shard}.>`;
export const logSubjectsOfRegion = (region: Region): string => `log.${region}.>`;
/** Reaches the stream, but nothing is ever stored there. */
export const logProbeSubject = (region: Region): string => `log.${region}.probe`;

export const headSubjectsOfRoom = (region: Region, roomId: RoomId): string => `head.${region}.${shardOf(roomId)}.*.${roomId}`;
export const headSubjectsOfRegion = (region: Region): string => `head.${region}.>`;

const ROOM_SUBJECT = /^(?:log|head)\.([a-z0-9-]+)\.([0-9a-f]{2})\.([1-9][0-9]{0,15})\.([rd][0-9a-f]{2}[0-9a-v]{24})$/;

/** Of a log or head subject; `null` for anything else. */
export const parseRoomSubject = (subject: string): { region: Region; shard: Shard; ref: RoomRef } | null => {
  const match = ROOM_SUBJECT.exec(subject);
  if (!match) return null;
  const [, region, shard, epoch, roomId] = match as unknown as [string, Region, Shard, string, RoomId];
  if (shardOf(roomId) !== shard || !ALL_SHARDS.includes(shard)) return null;
  return { region, shard, ref: { roomId, epoch: Number(epoch) } };
};

/** `ulid` makes a stream that was created anew another one. */
export const logStreamName = (ulid: string): string => `parley-log-${ulid}`;

/** Where the starters of a region agree on the name of a log that has to be created. */
export const logHomeStream = (region: Region): string => `parley-log-home-${region}`;
export const logHomeSubject = (region: Region): string => `home.${region}`;

/** A durable consumer's name. Throws `RangeError` on a name that is not `[a-z0-9-]+`. */
export const logConsumerName = (name: string, shard: Shard): string => {
  if (!TOKEN.test(name)) throw new RangeError('a consumer is named by 1 to 32 of a-z, 0-9 and -');
  return `${name}-${shard}`;
};

export const DEAD_LETTER_STREAM = 'parley-dead-letters';
export const deadLetterSubjects = (): string => 'dead.>';
export const deadLetterSubject = (region: Region, consumer: string): string => {
  if (!TOKEN.test(consumer)) throw new RangeError('a consumer is named by 1 to 32 of a-z, 0-9 and -');
  return `dead.${region}.${consumer}`;
};

/** A query of the store, answered by whichever worker is free. */
export const storeSubject = (region: Region, query: string): string => `store.${region}.${query}`;
/** Under which `$SRV.PING` finds the workers that answer them. */
export const STORE_SERVICE = 'parley-store';

/** Says that there are new acts on the server, and nothing of them. */
export const actsHintSubject = (region: Region): string => `acts.${region}`;

/** A question to one process, by the id of its incarnation: a name may be that of several at once. */
export const nodeSubject = (region: Region, instance: string, question: string): string => `node.${region}.${instance}.${question}`;
/** Under which `$SRV.PING` finds every gateway and worker. */
export const NODE_SERVICE = 'parley-node';

/** Holds the last sign of life of each process, so that one that is silent is missed. */
export const NODE_STREAM = 'parley-nodes';
export const nodeSignSubjects = (): string => 'alive.>';
export const nodeSignSubjectsOfRegion = (region: Region): string => `alive.${region}.*`;
export const nodeSignSubject = (region: Region, instance: string): string => `alive.${region}.${instance}`;

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { COMMANDS, errorCodeSchema, LIMITS, type CommandName } from '@parley/protocol';
import { newUserId, realChance, roomIdOf, newCmid } from '@parley/domain';
import type { Client } from '@parley/testkit/wire-client';
import { goodArguments } from './testing/good-arguments.ts';
import { cmid, createRig, roomOf, say, type Node } from './testing/rig.ts';

const NAMES = Object.keys(COMMANDS) as CommandName[];

const nest = (depth: number): unknown => (depth === 0 ? 1 : { a: nest(depth - 1) });
const WRONG: unknown[] = [null, true, -1, 1.5, 1e308, '', ' ', '\u0000', '\ud800', [], {}, [[]], { toString: 1 }, 'x'.repeat(100_000), Array.from({ length: 5_000 }, () => 'r')];

/** Bad arguments made from a good one, each with the reason it is bad. */
const badArguments = (good: Record<string, unknown>): [string, unknown][] => [
  ...['string', 7, null, true, [], [[[]]], ''].map((each): [string, unknown] => ['no object', each]),
  ['empty', {}],
  ['deeply nested', { ...good, extra: nest(LIMITS.depth + 1) }],
  ['far too deeply nested', { ...good, extra: nest(1_000) }],
  ['binary beside', { ...good, extra: Buffer.from('x') }],
  ['wide', { ...good, extra: Array.from({ length: 5_000 }, (_, n) => n) }],
  ...Object.keys(good).flatMap((field): [string, unknown][] => [
    [`binary as ${field}`, { ...good, [field]: Buffer.from('x') }],
    [`nothing but ${field}`, { [field]: {} }],
    ...WRONG.map((value): [string, unknown] => [`another ${field}`, { ...good, [field]: value }]),
  ]),
];

const collectGarbage = (): void => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
};

const scene = async (): Promise<{ node: Node; owner: Client; roomId: string; arguments: ReturnType<typeof goodArguments> }> => {
  const node = await createRig().node();
  const owner = await node.guest('Ada');
  const { roomId } = await roomOf(owner);
  const { id } = await say(owner, roomId, 'hello');
  return { node, owner, roomId, arguments: goodArguments(roomId, id) };
};

const requiredOf = (name: CommandName, good: Record<string, unknown>): string[] =>
  Object.keys(good).filter((field) => {
    const { [field]: _, ...rest } = good;
    return !COMMANDS[name].request.safeParse(rest).success;
  });

describe('bad input', () => {
  it.each(NAMES)('to %s is answered with a typed error, and what is good still works', async (name) => {
    const { node, owner, roomId, arguments: good } = await scene();
    for (const [reason, argument] of badArguments(good[name])) {
      // Some wrong values are right for some fields.
      const accepted = COMMANDS[name].request.safeParse(argument).success && !/nested|binary|wide/.test(reason);
      const answer = await owner.raw(name, argument);
      if (accepted) continue;
      expect(answer, `${reason}: ${JSON.stringify(argument)?.slice(0, 200)}`).toMatchObject({ ok: false, error: { retryable: false } });
      expect(['bad_request', 'too_large'], reason).toContain(answer.error?.code);
    }
    for (const field of requiredOf(name, good[name])) {
      const { [field]: _, ...rest } = good[name];
      expect(await owner.raw(name, rest), `without ${field}`).toMatchObject({ ok: false, error: { code: 'bad_request' } });
    }
    expect(await owner.raw(name), 'nothing').toMatchObject({ ok: false, error: { code: 'bad_request' } });
    expect(await owner.raw(name, good[name], good[name]), 'twice').toMatchObject({ ok: false, error: { code: 'bad_request' } });
    await say(owner, roomId, 'still here');
    expect(node.errors).toEqual([]);
  });

  it('of a room that is not there, or that one may not see, is told apart from nothing', async () => {
    const { node, arguments: good } = await scene();
    const owner = await node.guest('Ada');
    const stranger = await node.guest('Eve');
    const hidden = await owner.must('room:create', { kind: 'private', name: 'den', cmid: cmid() });
    const nowhere = roomIdOf(newUserId(), newCmid());
    for (const name of NAMES) {
      // To watch a room no more is nobody's secret.
      if (!('roomId' in good[name]) || name === 'presence:unwatch') continue;
      for (const roomId of [nowhere, hidden.room.id]) {
        const answer = await stranger.raw(name, { ...good[name], roomId, ...('cmid' in good[name] ? { cmid: cmid() } : {}) });
        const expected = name === 'member:add' ? ['user_not_found', 'room_not_found'] : ['room_not_found'];
        expect(expected, name).toContain(answer.error?.code);
      }
    }
  });

  it('of a room one is not a member of is refused as that', async () => {
    const { node, arguments: good } = await scene();
    const stranger = await node.guest('Eve');
    for (const name of ['room:leave', 'room:update', 'room:members', 'room:sync', 'room:history', 'message:send', 'message:edit', 'message:delete', 'member:remove', 'member:role'] as const) {
      expect(await stranger.raw(name, { ...good[name], cmid: cmid() }), name).toMatchObject({ ok: false, error: { code: 'not_member' } });
    }
  });

  it('of an unknown name is answered, and without a callback is survived', async () => {
    const { node, owner, roomId } = await scene();
    for (const name of ['nope', 'message:sent', '__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expect(await owner.raw(name, {})).toMatchObject({ ok: false, error: { code: 'unknown_event' } });
    }
    for (const name of [...NAMES, 'nope']) owner.socket.emit(name, { roomId: 7 });
    await say(owner, roomId, 'still here');
    expect(node.errors).toEqual([]);
  });

  it('in the place of the callback is answered', async () => {
    const { owner } = await scene();
    expect(await owner.raw('message:send', 'x', 'y', 'z')).toMatchObject({ error: { code: 'bad_request' } });
  });

  it('of a body over its limit is too large, up to its limit is said', async () => {
    const { owner, roomId } = await scene();
    const send = (body: string) => owner.raw('message:send', { roomId, cmid: cmid(), body });
    expect(await send('x'.repeat(LIMITS.bodyBytes))).toMatchObject({ ok: true });
    expect(await send('ß'.repeat(LIMITS.bodyBytes / 2))).toMatchObject({ ok: true });
    expect(await send('x'.repeat(LIMITS.bodyBytes + 1))).toMatchObject({ error: { code: 'too_large' } });
    expect(await send('ß'.repeat(LIMITS.bodyBytes / 2 + 1))).toMatchObject({ error: { code: 'too_large' } });
    expect(await send('x'.repeat(LIMITS.frameBytes - 1_000))).toMatchObject({ error: { code: 'too_large' } });
  });

  it('larger than a frame may be closes the socket that sent it, and no other', async () => {
    const { node, owner, roomId } = await scene();
    const flood = await node.guest('Eve');
    const closed = new Promise<string>((resolve) => { flood.socket.once('disconnect', resolve); });
    flood.socket.emit('message:send', { body: 'x'.repeat(LIMITS.frameBytes * 2) });
    expect(await closed).toBe('transport close');
    await say(owner, roomId, 'still here');
  });

  it('that is no packet at all ends the connection, and nothing else', async () => {
    const { node, owner, roomId } = await scene();
    // An event, a binary event whose parts nest, an ack for nothing, a disconnect of another namespace, and noise.
    for (const text of ['42', '42[', '42{}', '42["x"', `42${'['.repeat(100_000)}`, '451-["x",{"_placeholder":true,"num":9}]', '43999[]', `42["message:send",${'['.repeat(200_000)}${']'.repeat(200_000)}]`, '41/x,', '40/admin,', '49', 'zzz', '']) {
      const client = await node.guest('Eve');
      (client.socket.io.engine as unknown as { transport: { ws: { send(data: string): void } } }).transport.ws.send(text);
    }
    await say(owner, roomId, 'still here');
    expect(node.errors).toEqual([]);
  });

  it('leaves memory flat', async () => {
    const { node, arguments: good } = await scene();
    const all = NAMES.filter((name) => name !== 'room:create').flatMap((name) => badArguments(good[name]).map(([, argument]) => [name, argument] as const))
      .filter(([name, argument]) => !COMMANDS[name].request.safeParse(argument).success);
    const flood = async (): Promise<number> => {
      // One that goes on like this for longer is cut off.
      const client = await node.guest('Eve');
      for (let n = 0; n < all.length; n += 100) await Promise.all(all.slice(n, n + 100).map(([name, argument]) => client.raw(name, argument)));
      client.socket.close();
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    await flood();
    const before = await flood();
    let after = before;
    for (let round = 0; round < 4; round += 1) after = Math.min(await flood(), round === 0 ? Number.POSITIVE_INFINITY : after);
    expect(after - before).toBeLessThan(8 * 1024 * 1024);
  });

  it('only ever meets codes of the contract', async () => {
    const { owner, arguments: good } = await scene();
    const answers = await Promise.all(NAMES.map((name) => owner.raw(name, { ...good[name], cmid: realChance.eventId() })));
    const codes = answers.flatMap(({ error }) => error?.code ?? []);
    expect(codes.filter((code) => !errorCodeSchema.safeParse(code).success)).toEqual([]);
  });
});

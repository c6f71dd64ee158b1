import { describe, expect, it } from 'vitest';
import { LIMITS } from '@parley/protocol';
import { parseCommand } from '../socket/parse-command.ts';
import { cmid, createRig, roomOf, say } from '../testing/rig.ts';

const nest = (depth: number): unknown => (depth === 0 ? 1 : { a: nest(depth - 1) });

describe('what one socket may send', () => {
  it('is nested so deep and no deeper', async () => {
    const ada = await (await createRig().node()).guest('Ada');
    const ask = (depth: number) => ada.raw('room:list', { scope: 'mine', extra: nest(depth - 1) });
    expect(await ask(LIMITS.depth)).toMatchObject({ ok: true });
    expect(await ask(LIMITS.depth + 1)).toMatchObject({ ok: false, error: { code: 'bad_request', message: `the argument is nested deeper than ${LIMITS.depth}` } });
  });

  it('has so many values and no more, all levels together', async () => {
    const ada = await (await createRig().node()).guest('Ada');
    // The argument itself, the scope, and the list.
    const ask = (values: number) => ada.raw('room:list', { scope: 'mine', extra: Array.from({ length: values - 3 }, () => 0) });
    expect(await ask(LIMITS.values)).toMatchObject({ ok: true });
    expect(await ask(LIMITS.values + 1)).toMatchObject({ ok: false, error: { code: 'bad_request', message: 'the argument holds too many values' } });
  });

  it('has more of them where an admin saves rules, and no more than that', () => {
    const save = (values: number, isAdmin = true) => parseCommand('rule:save', { version: 0, rules: [], extra: Array.from({ length: values - 4 }, () => 0) }, isAdmin);
    expect(save(LIMITS.ruleValues)).toMatchObject({ version: 0 });
    expect(() => save(LIMITS.values + 1, false)).toThrow('too many values');
    expect(() => save(LIMITS.ruleValues + 1)).toThrow('too many values');
  });

  it.each(['websocket', 'polling'])('is a packet of so many bytes: one more closes it, and no other (%s)', async (transport) => {
    const node = await createRig().node();
    const [ada, eve] = [await node.guest('Ada'), await node.guest('Eve', { transports: [transport] })];
    const { roomId } = await roomOf(ada);
    /** `42<ack>["x",{"body":"…"}]` */
    const packet = (bytes: number, ack: number): { body: string } => ({ body: 'x'.repeat(bytes - `42${ack}["x",{"body":""}]`.length) });
    expect(await eve.raw('x', packet(LIMITS.frameBytes, 0))).toMatchObject({ ok: false, error: { code: 'unknown_event' } });
    const closed = new Promise<string>((resolve) => { eve.socket.once('disconnect', resolve); });
    eve.socket.emit('x', packet(LIMITS.frameBytes + 1, 1), () => undefined);
    expect(['transport close', 'transport error']).toContain(await closed);
    await say(ada, roomId, 'nobody disturbs us');
  });

  it('watches so many rooms and no more', async () => {
    const ada = await (await createRig().node()).guest('Ada');
    const roomIds: string[] = [];
    for (let n = 0; n <= LIMITS.presenceRooms; n += 1) roomIds.push((await ada.must('room:create', { kind: 'public', name: 'x', cmid: cmid() })).room.id);
    for (const roomId of roomIds.slice(1)) expect(await ada.raw('presence:watch', { roomId })).toMatchObject({ ok: true });
    expect(await ada.raw('presence:watch', { roomId: roomIds[0] })).toMatchObject({ ok: false, error: { code: 'limit_reached' } });
    await ada.must('presence:unwatch', { roomId: roomIds[1]! });
    expect(await ada.raw('presence:watch', { roomId: roomIds[0] })).toMatchObject({ ok: true });
  });

  it('gets so many events at once, and is told that there are more', async () => {
    const ada = await (await createRig().node()).guest('Ada');
    const { roomId, epoch, seq } = await roomOf(ada);
    // Fewer at a time than one socket may wait for.
    for (let half = 0; half < 2; half += 1) await Promise.all(Array.from({ length: LIMITS.syncPage / 2 }, () => say(ada, roomId, 'x')));
    const page = async (after: number) => {
      const { events, more } = await ada.must('room:sync', { roomId, epoch, after });
      return { events: events.length, more };
    };
    expect(await page(seq)).toEqual({ events: LIMITS.syncPage, more: false });
    expect(await page(seq - 1)).toEqual({ events: LIMITS.syncPage, more: true });
  });

  it('is a sign-in with a body of so many bytes', async () => {
    const { url } = await createRig().node();
    const post = async (bytes: number): Promise<number> => {
      const body = JSON.stringify({ name: 'Ada', extra: '' });
      return (await fetch(`${url}/api/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: body.replace('""', `"${'x'.repeat(bytes - body.length)}"`) })).status;
    };
    expect([await post(4_096), await post(4_097)]).toEqual([200, 413]);
  });
});

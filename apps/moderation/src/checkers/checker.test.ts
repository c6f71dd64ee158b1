import { createHmac, timingSafeEqual } from 'node:crypto';
import { newUserId, newCmid, realChance, roomIdOf } from '@parley/domain';
import { waitFor } from '@parley/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Said } from '../said.ts';
import { late, SECRET, startChecker } from '../testing/fake-checker.ts';
import { createChecker, type CheckerLimits } from './checker.ts';
import { ANSWER_BYTES } from './exchange.ts';

const userId = newUserId();
const said = (body = 'hello'): Said => {
  const eventId = realChance.eventId();
  return { eventId, messageId: eventId, roomId: roomIdOf(userId, newCmid()), epoch: 1, seq: 3, userId, name: 'Ada', body, at: 1, edited: false };
};
const QUICK: Partial<CheckerLimits> = { retryMs: { first: 1, last: 2 }, probeMs: { first: 50, last: 100 } };
type Fake = Awaited<ReturnType<typeof startChecker>>;
const of = (fake: Fake, limits: Partial<CheckerLimits> = {}) => {
  const told: boolean[] = [];
  const checker = createChecker({ config: fake.config, limits: { ...QUICK, ...limits }, onAway: (away) => told.push(away) });
  onTestFinished(() => checker.close());
  return Object.assign(checker, { told });
};

describe('an outside checker', () => {
  it('is asked what was said, and answers with a score and a reason', async () => {
    const fake = await startChecker();
    fake.answers = () => ({ score: 0.5, reason: 'rude', model: 'ignored' });
    const each = said();
    expect(await of(fake).ask(each)).toMatchObject({ kind: 'answered', answer: { score: 0.5, reason: 'rude' } });
    expect(fake.asked).toEqual([{ version: 1, eventId: each.eventId, messageId: each.messageId, roomId: each.roomId, userId, name: 'Ada', body: 'hello', at: 1, edited: false }]);
  });

  it('can verify who asks, by the example of the documentation', async () => {
    const fake = await startChecker();
    const seen: boolean[] = [];
    /** As in docs/operations.md. */
    const isOurs = (secret: string, headers: NodeJS.Dict<string | string[]>, body: Buffer): boolean => {
      const timestamp = String(headers['parley-timestamp']);
      const expected = createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest();
      const given = Buffer.from(String(headers['parley-signature']).replace(/^v1=/, ''), 'hex');
      return given.length === expected.length && timingSafeEqual(given, expected) && Math.abs(Date.now() - Number(timestamp)) < 300_000;
    };
    fake.respond = (request, response) => {
      void request.toArray().then((pieces) => {
        const body = Buffer.concat(pieces as Buffer[]);
        seen.push(isOurs(SECRET, request.headers, body), isOurs('another secret, not that one', request.headers, body), isOurs(SECRET, request.headers, Buffer.concat([body, Buffer.from(' ')])));
        return response.end('{"score":0}');
      });
    };
    await of(fake).ask(said('é'));
    expect(seen).toEqual([true, false, false]);
  });

  it.each<[string, string, (fake: Fake) => void, number?]>([
    ['an error', 'refused', (fake) => { fake.respond = (_, response) => response.writeHead(500).end('no'); }],
    ['a redirect, even to itself', 'refused', (fake) => { fake.respond = (request, response) => (request.method === 'POST' ? response.writeHead(307, { location: '/elsewhere' }).end() : response.end('{"score":0}')); }],
    ['no JSON', 'bad_answer', (fake) => { fake.respond = (_, response) => response.end('<html>'); }],
    ['a score out of bounds', 'bad_answer', (fake) => { fake.answers = () => ({ score: 1.5 }); }],
    ['a reason of several lines', 'bad_answer', (fake) => { fake.answers = () => ({ score: 1, reason: 'a\nb' }); }],
    ['more than is read', 'bad_answer', (fake) => { fake.respond = (_, response) => { response.write('{"score":0,"pad":"'); for (let n = 0; n < 4; n += 1) response.write('x'.repeat(ANSWER_BYTES / 2)); response.end('"}'); }; }],
    ['no end', 'timeout', (fake) => { fake.respond = (_, response) => response.write('{'); }, 300],
    ['nothing', 'timeout', (fake) => { fake.respond = () => {}; }, 300],
    ['a broken connection', 'unreachable', (fake) => { fake.respond = (_, response) => response.destroy(); }],
  ])('that answers %s counts as away', async (_, why, spoil, timeoutMs = 15_000) => {
    const fake = await startChecker({ timeoutMs });
    spoil(fake);
    expect(await of(fake).ask(said())).toMatchObject({ kind: 'away', why });
  });

  it('is asked again after a connection that broke, once', async () => {
    const fake = await startChecker();
    let tries = 0;
    fake.respond = (_, response) => ((tries += 1) === 1 ? response.destroy() : response.end('{"score":1}'));
    expect(await of(fake).ask(said())).toMatchObject({ kind: 'answered', answer: { score: 1 } });
    fake.respond = (_, response) => { tries += 1; response.destroy(); };
    tries = 0;
    await of(fake).ask(said());
    expect(tries).toBe(2);
  });

  it('that fails in a row is left alone, but for a probe now and then, and is back by itself', async () => {
    const fake = await startChecker();
    let tries = 0;
    fake.respond = (_, response) => { tries += 1; response.writeHead(503).end(); };
    const checker = of(fake, { failures: 3, probeMs: { first: 1_000, last: 1_000 } });
    for (let n = 0; n < 3; n += 1) expect(await checker.ask(said())).toMatchObject({ why: 'refused' });
    expect(checker.away).toBe(true);
    const results = await Promise.all(Array.from({ length: 50 }, () => checker.ask(said())));
    expect(results.every((result) => result.kind === 'away' && result.why === 'circuit')).toBe(true);
    expect(tries).toBe(3);
    // The probe fails, and nobody else gets through.
    await waitFor('a probe', async () => {
      await Promise.all([checker.ask(said()), checker.ask(said()), checker.ask(said())]);
      return tries > 3;
    });
    expect(checker.away).toBe(true);
    fake.respond = null;
    await waitFor('it to be back', async () => (await checker.ask(said())).kind === 'answered');
    expect(checker.told).toEqual([true, false]);
  });

  it('is asked about so many at once, and more than may wait counts as away', async () => {
    const fake = await startChecker({ concurrency: 2 });
    fake.answers = () => late(50, { score: 0 });
    const checker = of(fake, { queuePerTurn: 2 });
    const all = await Promise.all(Array.from({ length: 10 }, () => checker.ask(said())));
    expect(all.filter(({ kind }) => kind === 'answered')).toHaveLength(6);
    expect(all.filter((result) => result.kind === 'away' && result.why === 'queue')).toHaveLength(4);
    expect(fake.atOnce).toBe(2);
    expect(checker.away, 'what was never asked is no failure').toBe(false);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { ProtocolError, type UserView } from '@parley/protocol';
import { hasChromium, startBrowser } from '@parley/testkit/browser';
import { ensureBuilt } from './built.ts';
import { FakeGateway } from './fake-gateway.ts';
import type { FakeRoom } from './fake-room.ts';
import { composer, isSent, message, messageList, messages, openRoom, openTab, say, signIn } from './pages.ts';

const MANY = 10_000;
/** A hundred pages take ten seconds on a machine that has nothing else to do. */
const PAGING_MS = 180_000;
const topOf = (page: Page, text: string): Promise<number> => message(page, text).evaluate((element) => element.getBoundingClientRect().top);

describe.skipIf(!hasChromium())('the web client', () => {
  let browser: Browser;
  let gateway: FakeGateway;
  let grace: UserView;

  beforeAll(async () => {
    await ensureBuilt();
    browser = await startBrowser();
    gateway = await FakeGateway.start();
    grace = gateway.user('Grace');
  });
  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
  });

  /** Ada, in a room that Grace made. */
  const inRoom = async (name: string, prepare: (room: FakeRoom) => void = () => {}, options: Parameters<Browser['newContext']>[0] = {}) => {
    const room = gateway.room('public', name, grace);
    prepare(room);
    const { page, context } = await openTab(browser, gateway.url, options);
    const complaints: string[] = [];
    page.on('console', (entry) => { if (entry.type() === 'error') complaints.push(entry.text()); });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await signIn(page, 'Ada');
    const ada = [...gateway.users.values()].at(-1);
    if (!ada) throw new Error('nobody signed in');
    room.join(ada);
    await page.reload();
    await openRoom(page, name);
    return { room, page, context, ada, complaints };
  };

  it('asks nothing of other hosts and keeps to the policy of the page', async () => {
    const { page, context, complaints } = await inRoom('policy', (room) => room.say(grace, 'hello https://example.org/'));
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).origin));
    await page.reload();
    await message(page, 'hello').waitFor();
    await say(page, 'hi');
    await isSent(page, 'hi');
    expect(new Set(asked)).toEqual(new Set([gateway.url]));
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('shows markup as text and makes only safe links clickable', async () => {
    const hostile = '<img src=x onerror="document.title=1"> <script>document.title=1</script> javascript:alert(1) https://example.org/<b>';
    const { page, context } = await inRoom('hostile', (room) => room.say({ ...grace, name: '<b>Grace</b>' }, hostile));
    await message(page, '<b>Grace</b>').waitFor();
    expect(await messages(page)).toEqual([hostile]);
    const links = messageList(page).getByRole('link');
    expect(await links.count()).toBe(1);
    expect(await links.getAttribute('href')).toBe('https://example.org/');
    expect(await links.getAttribute('rel')).toContain('noopener');
    expect(await page.title()).toContain('hostile');
    await context.close();
  });

  it('offers to retry or discard what was refused', async () => {
    const { page, context } = await inRoom('refusals');
    gateway.intercept = (name) => {
      if (name === 'message:send') throw new ProtocolError('forbidden');
    };
    await say(page, 'one');
    await say(page, 'two');
    await message(page, 'one').getByText('You may not do this here.').waitFor();
    await message(page, 'two').getByRole('button', { name: 'Discard' }).click();
    await message(page, 'two').waitFor({ state: 'hidden' });
    // What failed is kept over a reload.
    await page.reload();
    await message(page, 'one').getByRole('button', { name: 'Retry' }).waitFor();
    gateway.intercept = () => {};
    await message(page, 'one').getByRole('button', { name: 'Retry' }).click();
    await isSent(page, 'one');
    expect(await messages(page)).toEqual(['one']);
    await context.close();
  });

  it('says how much is too long, and sends it only once it fits', async () => {
    const { page, context } = await inRoom('long');
    await composer(page).fill('é'.repeat(8 * 1024 + 1));
    await page.getByText('2 bytes too long').waitFor();
    await composer(page).press('Enter');
    expect(await messages(page)).toEqual([]);
    await composer(page).press('Backspace');
    await composer(page).press('Enter');
    await message(page, 'ééé').locator('[data-state="sent"]').waitFor();
    await context.close();
  });

  it('keeps a draft over a reload, and Shift+Enter makes a new line', async () => {
    const { page, context } = await inRoom('drafts');
    await composer(page).pressSequentially('one');
    await composer(page).press('Shift+Enter');
    await composer(page).pressSequentially('two');
    await page.reload();
    await expect.poll(() => composer(page).inputValue()).toBe('one\ntwo');
    await composer(page).press('Enter');
    await isSent(page, 'two');
    expect(await messages(page)).toEqual(['one\ntwo']);
    expect(await composer(page).inputValue()).toBe('');
    await context.close();
  });

  it('reads ten thousand messages to the first and keeps its place while older ones arrive', async () => {
    const { page, context } = await inRoom('many', (room) => { for (let index = 0; index < MANY; index += 1) room.say(grace, `message ${index} ${'word '.repeat((index * 31) % 40)}`); });
    await message(page, `message ${MANY - 1} `).waitFor();
    const list = messageList(page);

    // Near the top of what is loaded: when the next page has arrived, what was in sight has not moved.
    const held = Promise.withResolvers<void>();
    gateway.intercept = async (name) => { if (name === 'room:history') await held.promise; };
    await list.evaluate((element) => element.scrollTo({ top: 200 }));
    await page.getByText('Loading older messages').waitFor();
    const seen = (await messages(page))[3] ?? '';
    const label = seen.split(' ').slice(0, 2).join(' ') + ' ';
    const before = await topOf(page, label);
    gateway.intercept = () => {};
    held.resolve();
    await page.getByText('Loading older messages').waitFor({ state: 'hidden' });
    await expect.poll(async () => Math.abs(await topOf(page, label) - before)).toBeLessThan(2);

    // A reader who keeps scrolling up, in each frame.
    await list.evaluate((element) => {
      const step = () => {
        element.scrollTo({ top: 0 });
        if (!element.querySelector('[aria-posinset="1"]') || element.querySelector('[aria-setsize="-1"]')) requestAnimationFrame(step);
      };
      step();
    });
    await expect.poll(async () => (await messages(page))[0], { timeout: PAGING_MS, interval: 250 }).toMatch(/^message 0 /);
    // The document holds what is in sight, not what is loaded.
    expect(await list.getByRole('article').count()).toBeLessThan(100);
    await context.close();
  }, PAGING_MS + 60_000);

  it('follows new messages at the end only, and counts them elsewhere', async () => {
    const { page, room, context } = await inRoom('follow', (made) => { for (let index = 0; index < 90; index += 1) made.say(grace, `old ${index}.`); });
    await message(page, 'old 89.').waitFor();
    gateway.tell(room, room.say(grace, 'new 1'));
    await expect.poll(async () => (await messages(page)).at(-1)).toBe('new 1');
    const list = messageList(page);
    await list.hover();
    await page.mouse.wheel(0, -1_500);
    await page.getByRole('button', { name: 'Jump to latest' }).waitFor();
    const place = await list.evaluate((element) => element.scrollTop);
    gateway.tell(room, room.say(grace, 'new 2'), room.say(grace, 'new 3'));
    await page.getByRole('button', { name: '2 new messages' }).waitFor();
    expect(await list.evaluate((element) => element.scrollTop)).toBe(place);
    await page.getByRole('button', { name: '2 new messages' }).click();
    await expect.poll(async () => (await messages(page)).at(-1)).toBe('new 3');
    // One's own message is shown wherever one was.
    await page.mouse.wheel(0, -1_500);
    await page.getByRole('button', { name: 'Jump to latest' }).waitFor();
    await say(page, 'mine');
    await message(page, 'mine').waitFor();
    await page.getByRole('button', { name: 'Jump to latest' }).waitFor({ state: 'hidden' });
    await context.close();
  });

  it('leads from message to message with the arrow keys', async () => {
    const { page, context } = await inRoom('keys', (made) => { for (let index = 0; index < 60; index += 1) made.say(grace, `line ${index}.`); });
    await message(page, 'line 59.').waitFor();
    await composer(page).focus();
    await page.keyboard.press('Shift+Tab');
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
    // Backwards one meets what can be done to the message before the message.
    await expect.poll(focused).toBe('Report message');
    await page.keyboard.press('Shift+Tab');
    await expect.poll(focused).toContain('line 59.');
    for (let index = 0; index < 40; index += 1) {
      await page.keyboard.press('ArrowUp');
      await expect.poll(focused).toContain(`line ${58 - index}.`);
    }
    await page.keyboard.press('End');
    await expect.poll(focused).toContain('line 59.');
    await context.close();
  });

  it('has one pane at a time on a phone, and back leads to the rooms', async () => {
    const { page, context } = await inRoom('phone', (made) => made.say(grace, 'hello'), { viewport: { width: 390, height: 844 } });
    await message(page, 'hello').waitFor();
    const rooms = page.getByRole('navigation', { name: 'Rooms' });
    expect(await rooms.isVisible()).toBe(false);
    await page.getByRole('link', { name: 'Back to rooms' }).click();
    await rooms.waitFor();
    expect(await messageList(page).count()).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    await context.close();
  });

  it('signs out when the server ends the session, and says why', async () => {
    const { page, context } = await inRoom('expiry');
    gateway.forgetSessions();
    await page.getByText('Your session has ended').waitFor();
    await signIn(page, 'Ada again');
    expect(await page.getByText('Your session has ended').count()).toBe(0);
    await context.close();
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { ProtocolError, type UserView } from '@parley/protocol';
import { hasChromium, startBrowser } from '@parley/testkit/browser';
import { ensureBuilt } from './built.ts';
import { FakeGateway } from './fake-gateway.ts';
import type { FakeRoom } from './fake-room.ts';
import { composer, dialog, isSent, message, messages, openRoom, openTab, say, signIn } from './pages.ts';

/** Long enough to be seen on a slow machine, short enough to wait for. */
const SHORT_MS = 3_000;

describe.skipIf(!hasChromium())('who is moderated', () => {
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
  const inRoom = async (name: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<{ room: FakeRoom; page: Page; ada: UserView; close: () => Promise<void> }> => {
    const room = gateway.room('public', name, grace);
    const { page, context } = await openTab(browser, gateway.url, options);
    await signIn(page, 'Ada');
    const ada = [...gateway.users.values()].at(-1);
    if (!ada) throw new Error('nobody signed in');
    room.join(ada);
    await page.reload();
    await openRoom(page, name);
    return { room, page, ada, close: () => context.close() };
  };
  const mute = (room: FakeRoom, user: UserView, forMs: number | null, reason: string) =>
    gateway.emit('sanction:changed', { roomId: room.id, kind: 'mute', sanction: gateway.moderation.impose('mute', user.id, room.id, forMs, reason, grace) }, user.id);

  it('by a mute sees what, why and until when, also after a reload, and writes again once it is over', async () => {
    const { room, page, ada, close } = await inRoom('muted');
    await composer(page).fill('half a thought');
    mute(room, ada, null, 'Shouting');
    const notice = page.getByRole('status').filter({ hasText: 'You are muted in this room.' });
    await notice.getByText('Until a moderator lifts it.').waitFor();
    await notice.getByText('Shouting').waitFor();
    expect(await composer(page).count()).toBe(0);
    await page.reload();
    await notice.waitFor();
    mute(room, ada, SHORT_MS, 'Shouting again');
    await notice.getByText('seconds left').waitFor();
    await composer(page).waitFor();
    expect(await notice.count()).toBe(0);
    expect(await composer(page).inputValue()).toBe('half a thought');
    await close();
  });

  it('keeps what was refused, with the reason, and can say it otherwise', async () => {
    const { page, close } = await inRoom('refused');
    gateway.intercept = (name, request) => {
      if (name === 'message:send' && (request as { body: string }).body.includes('rude')) throw new ProtocolError('content_refused', 'Please stay polite.');
    };
    await say(page, 'something rude');
    await message(page, 'something rude').getByText('A rule of this server forbids it: Please stay polite.').waitFor();
    await page.reload();
    await message(page, 'something rude').getByRole('button', { name: 'Edit and send again' }).click();
    const editor = page.getByRole('textbox', { name: 'Edit message' });
    await editor.fill('something nice');
    await editor.press('Enter');
    await isSent(page, 'something nice');
    expect(await messages(page)).toEqual(['something nice']);
    gateway.intercept = () => {};
    await close();
  });

  it('in a read-only room is told so, and so is slow mode, until they end', async () => {
    const { room, page, close } = await inRoom('settings');
    const update = (change: { readOnly?: boolean; slowModeMs?: number }) => {
      Object.assign(room, change);
      gateway.tell(room, room.append('room.updated', change, { by: grace }));
    };
    update({ readOnly: true });
    await page.getByText('Only its owner and moderators can write here.').waitFor();
    update({ readOnly: false, slowModeMs: SHORT_MS });
    await page.getByText('Slow mode: one message every 3 seconds').waitFor();
    await say(page, 'one');
    await isSent(page, 'one');
    await page.getByText('the next message in').waitFor();
    await composer(page).fill('two');
    await composer(page).press('Enter');
    expect(await composer(page).inputValue()).toBe('two');
    await page.getByText('Slow mode: one message every 3 seconds').waitFor();
    await composer(page).press('Enter');
    await isSent(page, 'two');
    await close();
  });

  it('by a ban from a room sees it instead of the room, with what was not sent, and may come back once it is over', async () => {
    const { room, page, ada, close } = await inRoom('banned');
    gateway.intercept = (name) => (name === 'message:send' ? 'silent' : undefined);
    await say(page, 'my last words');
    await message(page, 'my last words').waitFor();
    const ban = gateway.moderation.impose('ban', ada.id, room.id, SHORT_MS, 'Enough', grace);
    room.leave(ada);
    gateway.emit('room:removed', { roomId: room.id, reason: 'Enough', ban: { until: ban.until } }, ada.id);
    await page.getByRole('heading', { name: 'You are banned from banned' }).waitFor();
    await page.getByText('Enough').waitFor();
    await page.getByText('my last words').waitFor();
    gateway.intercept = () => {};
    await page.getByRole('heading', { name: 'The ban is over' }).waitFor();
    await page.getByRole('button', { name: 'Join room' }).click();
    await composer(page).waitFor();
    await close();
  });

  it('removed from a room is told why', async () => {
    const { room, page, ada, close } = await inRoom('kicked');
    room.leave(ada);
    gateway.emit('room:removed', { roomId: room.id, reason: 'Off topic' }, ada.id);
    await page.getByRole('alert').filter({ hasText: 'You were removed from' }).getByText('Off topic').waitFor();
    await close();
  });

  it('by a ban from the server sees it, also after a reload, and is let in again as the same user', async () => {
    const { page, ada, close } = await inRoom('server-ban');
    gateway.banUser(ada.id, null, 'Fraud', grace);
    await page.getByRole('heading', { name: 'You are banned from this server' }).waitFor();
    await page.getByText('Until an administrator lifts it.').waitFor();
    gateway.banUser(ada.id, SHORT_MS, 'Fraud', grace);
    await page.reload();
    await page.getByText('seconds left').waitFor();
    await page.getByRole('button', { name: 'Come in' }).click();
    await page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: 'server-ban' }).waitFor();
    await close();
  });

  it('sees a hidden message as hidden, and reads it once it is restored', async () => {
    const { room, page, close } = await inRoom('hidden');
    const said = room.say(grace, 'something rude');
    gateway.tell(room, said);
    await message(page, 'something rude').waitFor();
    gateway.tell(room, room.append('message.hidden', { messageId: said.id, reason: 'Rude' }, { by: grace }));
    await message(page, 'Hidden by a moderator: Rude').waitFor();
    await page.reload();
    await message(page, 'Hidden by a moderator: Rude').waitFor();
    gateway.tell(room, room.append('message.restored', { messageId: said.id }, { by: grace }));
    await message(page, 'something rude').waitFor();
    await close();
  });

  it('goes on with a refreshed session over a reload, on the same device, and is told why another ended', async () => {
    const { page, ada, close } = await inRoom('session');
    const kept = (key: string) => page.evaluate((name) => localStorage.getItem(name), key);
    const tokenOf = async () => (JSON.parse(await kept('parley.session') ?? '{}') as { token?: string }).token;
    const before = await tokenOf();
    const device = await kept('parley.device');
    gateway.emit('session:expiring', { expiresAt: Date.now() + 60 }, ada.id);
    await expect.poll(tokenOf, { timeout: 20_000 }).not.toBe(before);
    const renewed = await tokenOf();
    await composer(page).fill('a draft');
    await page.reload();
    await composer(page).waitFor();
    expect(await tokenOf()).toBe(renewed);
    gateway.emit('session:ended', { error: new ProtocolError('session_revoked').toWire() }, ada.id);
    await page.getByText('This session was ended').waitFor();
    await signIn(page, 'Ada again');
    expect(await kept('parley.device')).toBe(device);
    await close();
  });

  it('reports a message and a person, to whoever moderates', async () => {
    const { room, page, close } = await inRoom('reports');
    gateway.tell(room, room.say(grace, 'something rude'));
    await message(page, 'something rude').focus();
    await message(page, 'something rude').getByRole('button', { name: 'Report message' }).press('Enter');
    await dialog(page).getByLabel('What is wrong?').selectOption('Harassment');
    await dialog(page).getByRole('textbox').fill('See above');
    await dialog(page).getByRole('button', { name: 'Send report' }).click();
    await page.getByText('Thank you.').waitFor();
    await page.getByRole('button', { name: 'Members', exact: true }).click();
    await page.getByRole('button', { name: 'Report Grace' }).click();
    await dialog(page).getByRole('button', { name: 'Send report' }).click();
    await dialog(page).waitFor({ state: 'hidden' });
    const reported = [...gateway.moderation.cases.values()].filter(({ view }) => view.roomId === room.id).map(({ view, reports }) => [view.messageId !== null, view.userName, reports[0]?.category, reports[0]?.remark]);
    expect(reported).toEqual([[true, 'Grace', 'harassment', 'See above'], [false, 'Grace', 'spam', '']]);
    // Who only takes part has no way to the console.
    expect(await page.getByRole('link', { name: 'Moderation' }).count()).toBe(0);
    await close();
  });
});

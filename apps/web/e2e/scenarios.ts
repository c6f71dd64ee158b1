import { expect } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { composer, createRoom, dialog, goAway, isSent, joinRoom, member, message, messages, openMembers, openRoom, openTab, recordPresence, say, signIn, typingLine } from './pages.ts';

/** What holds for any Parley: the same on standalone and on a cluster. `gateways`: the load balancer's names of those that serve the two users. */
export type Served = { browser: Browser; url: string; gateways?: readonly [string, string] };

/** The cookie by which the load balancer knows whom it sent where. */
const STICKY_COOKIE = 'parley_gateway';

export const openOn = async ({ browser, url, gateways }: Served, user: 0 | 1) => {
  if (!gateways) return openTab(browser, url);
  const cookie = { name: STICKY_COOKIE, value: gateways[user], domain: new URL(url).hostname, path: '/', expires: -1, httpOnly: true, secure: false, sameSite: 'Lax' as const };
  return openTab(browser, url, { storageState: { cookies: [cookie], origins: [] } });
};

/** Another device of the same user, on the other's gateway. */
const secondDevice = async ({ browser, url, gateways }: Served, page: Page) => {
  const { origins } = await page.context().storageState();
  const cookies = gateways ? [{ name: STICKY_COOKIE, value: gateways[0], domain: new URL(url).hostname, path: '/', expires: -1, httpOnly: true, secure: false, sameSite: 'Lax' as const }] : [];
  return openTab(browser, url, { storageState: { cookies, origins } });
};

export const SOON_MS = 20_000;
const sees = async (page: Page, texts: string[]): Promise<void> => {
  await expect.poll(() => messages(page), { timeout: SOON_MS }).toEqual(texts);
};

export const twoInARoom = async (served: Served, room: string) => {
  const a = await openOn(served, 0);
  const b = await openOn(served, 1);
  await signIn(a.page, 'Ada');
  await signIn(b.page, 'Grace');
  await createRoom(a.page, room);
  await joinRoom(b.page, room);
  const close = async () => {
    // The balancer left each where it was put: it would have set another cookie.
    const sticky = await Promise.all([a, b].map(async ({ context }) => (await context.cookies()).find(({ name }) => name === STICKY_COOKIE)?.value));
    expect(sticky).toEqual(served.gateways ?? [undefined, undefined]);
    await a.context.close();
    await b.context.close();
  };
  return { ada: a.page, grace: b.page, close };
};

/** Two people who talk at once see one order, and a reload loses nothing. */
export const bothSeeTheSameOrder = async (served: Served): Promise<void> => {
  const { ada, grace, close } = await twoInARoom(served, 'order');
  const COUNT = 8;
  const talk = async (page: Page, name: string) => {
    for (let index = 1; index <= COUNT; index += 1) await say(page, `${name} ${index}`);
    await isSent(page, `${name} ${COUNT}`);
  };
  await Promise.all([talk(ada, 'ada'), talk(grace, 'grace')]);
  await expect.poll(async () => (await messages(grace)).length, { timeout: SOON_MS }).toBe(2 * COUNT);
  const order = await messages(grace);
  await sees(ada, order);
  for (const name of ['ada', 'grace']) {
    expect(order.filter((text) => text.startsWith(name))).toEqual(Array.from({ length: COUNT }, (_, index) => `${name} ${index + 1}`));
  }
  for (const page of [ada, grace]) {
    await page.reload();
    await sees(page, order);
  }
  await close();
};

/** What is typed while the server is down arrives once it is back, once, also after a reload of the page. */
export const sendsOnceTheServerIsBack = async (served: Served, server: { down: () => Promise<void>; up: () => Promise<void> }): Promise<void> => {
  const { ada, grace, close } = await twoInARoom(served, 'patience');
  await say(ada, 'before');
  await sees(grace, ['before']);
  await server.down();
  await ada.getByText('Reconnecting').waitFor({ timeout: SOON_MS });
  await say(ada, 'while it was down');
  await message(ada, 'while it was down').locator('[data-state="queued"]').waitFor();
  await server.up();
  await isSent(ada, 'while it was down');
  await ada.getByText('Reconnecting').waitFor({ state: 'hidden', timeout: SOON_MS });
  await sees(grace, ['before', 'while it was down']);
  await ada.reload();
  await sees(ada, ['before', 'while it was down']);
  await close();
};

/** An edit and a deletion reach the other, and stay. */
export const editsAndDeletes = async (served: Served): Promise<void> => {
  const { ada, grace, close } = await twoInARoom(served, 'changes');
  await say(ada, 'fisrt');
  await say(ada, 'second');
  await sees(grace, ['fisrt', 'second']);
  // ArrowUp edits the last one; the other by its own button, with the keyboard alone.
  await composer(ada).press('ArrowUp');
  const editor = ada.getByRole('textbox', { name: 'Edit message' });
  await editor.fill('second, better');
  await editor.press('Enter');
  await sees(grace, ['fisrt', 'second, better']);
  await message(grace, 'second, better').getByText('(edited)').waitFor();
  await message(ada, 'fisrt').focus();
  await message(ada, 'fisrt').getByRole('button', { name: 'Delete' }).press('Enter');
  await dialog(ada).getByRole('button', { name: 'Delete' }).press('Enter');
  await sees(grace, ['This message was deleted.', 'second, better']);
  await expect(message(grace, 'second, better').getByRole('button', { name: 'Edit' }).count()).resolves.toBe(0);
  await grace.reload();
  await sees(grace, ['This message was deleted.', 'second, better']);
  await close();
};

/** One comes into a private room by being added, and into a direct one by being written to. */
export const addsPeopleAndWritesDirectly = async (served: Served): Promise<void> => {
  const { ada, grace, close } = await twoInARoom(served, 'lobby');
  await say(grace, 'hello');
  await message(ada, 'hello').waitFor();
  await createRoom(ada, 'cabinet', 'Private');
  await ada.getByRole('button', { name: 'Members', exact: true }).click();
  await ada.getByRole('button', { name: 'Add people' }).click();
  await dialog(ada).getByRole('button', { name: 'Add Grace' }).click();
  await dialog(ada).getByRole('button', { name: 'Added' }).waitFor();
  await ada.keyboard.press('Escape');
  await say(ada, 'welcome');
  await openRoom(grace, 'cabinet');
  await sees(grace, ['welcome']);

  await grace.getByRole('button', { name: 'Members', exact: true }).click();
  await grace.getByRole('button', { name: 'Message Ada' }).click();
  await grace.getByRole('heading', { level: 1, name: 'Ada' }).waitFor();
  await say(grace, 'between us');
  const link = ada.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: /Grace.*1 unread message/ });
  await link.waitFor({ timeout: SOON_MS });
  await expect.poll(() => ada.title()).toMatch(/^\(1\) /);
  await link.click();
  await sees(ada, ['between us']);
  await expect.poll(() => ada.title()).not.toMatch(/^\(/);

  await openRoom(grace, 'lobby');
  await grace.getByRole('button', { name: 'Leave room' }).click();
  await dialog(grace).getByRole('button', { name: 'Leave room' }).click();
  await grace.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: 'lobby' }).waitFor({ state: 'hidden' });
  await close();
};

/** One sees the other come, type, go away and leave; two devices of one are one. */
export const seesWhoIsThere = async (served: Served): Promise<void> => {
  const { ada, grace, close } = await twoInARoom(served, 'presence');
  await openMembers(ada);
  await member(ada, 'Grace, Online').waitFor({ timeout: SOON_MS });
  await ada.getByRole('main').getByText('2 online').waitFor({ timeout: SOON_MS });
  const presenceOfGrace = await recordPresence(ada, 'Grace');

  await composer(grace).pressSequentially('hello');
  await typingLine(ada).getByText('Grace is typing…').waitFor({ timeout: SOON_MS });
  await composer(grace).press('Enter');
  await sees(ada, ['hello']);
  await expect.poll(() => typingLine(ada).innerText()).toBe('');

  await goAway(grace);
  await member(ada, 'Grace, Away').waitFor({ timeout: SOON_MS });
  const phone = await secondDevice(served, grace);
  await member(ada, 'Grace, Online').waitFor({ timeout: SOON_MS });
  await grace.goto('about:blank');
  await openRoom(phone.page, 'presence');
  await say(phone.page, 'from the other one');
  await sees(ada, ['hello', 'from the other one']);
  await phone.context.close();
  await member(ada, 'Grace, Offline').getByText('last seen just now').waitFor({ timeout: SOON_MS });
  await ada.getByRole('main').getByText('1 online').waitFor({ timeout: SOON_MS });
  expect(await presenceOfGrace()).toEqual(['Online', 'Away', 'Online', 'Offline']);
  await close();
};

/** Who owns a room names it, gives roles and removes people, and everybody sees it at once. */
export const managesARoom = async (served: Served): Promise<void> => {
  const { ada, grace, close } = await twoInARoom(served, 'workshop');
  await ada.getByRole('button', { name: 'Edit room' }).click();
  await dialog(ada).getByRole('textbox', { name: 'Name' }).fill('atelier');
  await dialog(ada).getByRole('textbox', { name: 'Topic' }).fill('Thursdays at six');
  await dialog(ada).getByRole('button', { name: 'Save' }).click();
  await grace.getByRole('heading', { level: 1, name: 'atelier' }).waitFor({ timeout: SOON_MS });
  await grace.getByText('Thursdays at six').waitFor();
  await expect(grace.getByRole('button', { name: 'Edit room' }).count()).resolves.toBe(0);

  await openMembers(ada);
  await ada.getByRole('button', { name: 'Manage Grace' }).click();
  await dialog(ada).getByRole('button', { name: 'Make moderator' }).click();
  await member(ada, 'Grace').getByText('Moderator').waitFor({ timeout: SOON_MS });
  await grace.getByRole('button', { name: 'Edit room' }).waitFor({ timeout: SOON_MS });

  await ada.getByRole('button', { name: 'Manage Grace' }).click();
  await dialog(ada).getByRole('button', { name: 'Remove from room' }).click();
  await dialog(ada).getByRole('button', { name: 'Remove from room' }).click();
  await member(ada, 'Grace').waitFor({ state: 'hidden', timeout: SOON_MS });
  await grace.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: 'atelier' }).waitFor({ state: 'hidden', timeout: SOON_MS });
  await close();
};

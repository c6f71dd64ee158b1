import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { LIMITS, type UserView } from '@parley/protocol';
import { hasChromium, startBrowser } from '@parley/testkit/browser';
import { ensureBuilt } from './built.ts';
import { FakeGateway } from './fake-gateway.ts';
import { composer, member, memberNames, openMembers, openRoom, openTab, say, signIn, typingLine } from './pages.ts';

const HOUR = 3_600_000;

describe.skipIf(!hasChromium())('presence in the web client', () => {
  let browser: Browser;
  let gateway: FakeGateway;
  let grace: UserView;
  let bob: UserView;

  beforeAll(async () => {
    await ensureBuilt();
    browser = await startBrowser();
    gateway = await FakeGateway.start();
    grace = gateway.user('Grace');
    bob = gateway.user('Bob');
  });
  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
  });

  const inRoom = async (name: string, members: readonly UserView[]) => {
    const room = gateway.room('public', name, grace);
    const { page, context } = await openTab(browser, gateway.url);
    await signIn(page, 'Ada');
    const ada = [...gateway.users.values()].findLast((user) => user.name === 'Ada');
    if (!ada) throw new Error('nobody signed in');
    for (const user of [...members, ada]) room.join(user);
    await page.reload();
    await openRoom(page, name);
    return { room, page, context, ada };
  };
  const header = (page: Page) => page.getByRole('main').locator('header').first();

  it('puts who is there first, with what is known of the others', async () => {
    const { page, context } = await inRoom('there', [bob]);
    gateway.presence.set(bob.id, 'away');
    gateway.presence.set(grace.id, 'offline', Date.now() - 3 * HOUR);
    await openMembers(page);
    await member(page, 'Grace').getByText('last seen 3 hours ago').waitFor();
    expect(await memberNames(page)).toEqual(['Online · 1', 'Ada(you), Online', 'Away · 1', 'Bob, Away', 'Offline · 1', 'Grace, Offline']);
    await header(page).getByText('1 online, 1 away').waitFor();
    gateway.presence.set(grace.id, 'online');
    await header(page).getByText('2 online, 1 away').waitFor();
    await expect.poll(() => memberNames(page)).toEqual(['Online · 2', 'Ada(you), Online', 'Grace, Online', 'Away · 1', 'Bob, Away']);
    await context.close();
  });

  it('shows of a direct conversation whether the other is there, in its header and in the list of rooms', async () => {
    const { page, context } = await inRoom('lobby', [bob]);
    gateway.presence.set(bob.id, 'offline', Date.now() - 2 * HOUR);
    await openMembers(page);
    await page.getByRole('button', { name: 'Message Bob' }).click();
    await header(page).getByText('last seen 2 hours ago').waitFor();
    const link = (status: string) => page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: new RegExp(`^Bob ?, ${status}$`) });
    await link('Offline').waitFor();
    gateway.presence.set(bob.id, 'away');
    await header(page).getByText('Away').waitFor();
    await link('Away').waitFor();
    await openRoom(page, 'lobby');
    gateway.presence.set(bob.id, 'online');
    await link('Online').waitFor();
    await context.close();
  });

  it('shows who types, without moving anything, until it is said or over', async () => {
    const { page, room, context } = await inRoom('typing', [bob]);
    const top = () => composer(page).evaluate((element) => element.getBoundingClientRect().top);
    const before = await top();
    gateway.typing(room, grace);
    await typingLine(page).getByText('Grace is typing…').waitFor();
    gateway.typing(room, bob);
    await expect.poll(() => typingLine(page).innerText()).toBe('Grace and Bob are typing…');
    expect(await top()).toBe(before);
    gateway.tell(room, room.say(grace, 'said'));
    await expect.poll(() => typingLine(page).innerText()).toBe('Bob is typing…');
    gateway.typing(room, bob, false);
    await expect.poll(() => typingLine(page).innerText()).toBe('');
    await context.close();
  });

  it('tells the others that one types, and that one stopped', async () => {
    const { page, context } = await inRoom('strokes', []);
    const told: boolean[] = [];
    gateway.intercept = (name, request) => { if (name === 'typing:set') told.push((request as { typing: boolean }).typing); };
    await composer(page).pressSequentially('hello');
    await expect.poll(() => told).toEqual([true]);
    await say(page, 'hello there');
    await expect.poll(() => told).toEqual([true, true, false].slice(-told.length));
    expect(told.at(-1)).toBe(false);
    told.length = 0;
    await composer(page).pressSequentially('x');
    await composer(page).press('Backspace');
    await expect.poll(() => told).toEqual([true, false]);
    gateway.intercept = () => {};
    await context.close();
  });

  it('names whom one can see in a crowd, and follows as one scrolls', async () => {
    const crowd = Array.from({ length: 400 }, (_, index) => gateway.user(`Member ${String(index).padStart(3, '0')}`));
    const { page, room, context } = await inRoom('crowd', []);
    for (const user of crowd) room.join(user);
    gateway.presence.crowd.set(room.id, LIMITS.presenceRoom);
    gateway.presence.set(crowd[300]!.id, 'online');
    await page.reload();
    await header(page).getByText(/^1,00\d online/).waitFor();
    await openMembers(page);
    await member(page, 'Member 000').waitFor();
    const list = page.getByRole('list', { name: 'Members' });
    expect(await list.getByRole('listitem').count()).toBeLessThan(100);
    gateway.windows.length = 0;
    await member(page, 'Member 005').hover();
    await page.mouse.wheel(0, 300 * 44);
    await member(page, 'Member 300, Online').waitFor();
    expect(gateway.windows.length).toBeGreaterThan(0);
    expect(gateway.windows.length).toBeLessThan(5);
    expect(gateway.windows.at(-1)).toContain(crowd[300]!.id);
    expect(Math.max(...gateway.windows.map((window) => window.length))).toBeLessThan(100);
    await context.close();
  });

  it('claims nothing of anybody while there is no connection', async () => {
    const { page, context } = await inRoom('gone', [bob]);
    gateway.presence.set(bob.id, 'online');
    await openMembers(page);
    await member(page, 'Bob, Online').waitFor();
    await context.setOffline(true);
    gateway.disconnectAll();
    await member(page, 'Bob, Presence unknown').waitFor();
    expect(await memberNames(page)).toEqual(['Grace, Presence unknown', 'Bob, Presence unknown', 'Ada(you), Presence unknown']);
    await context.setOffline(false);
    await member(page, 'Bob, Online').waitFor();
    await context.close();
  });
});

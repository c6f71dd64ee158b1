import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Locator, Page } from 'playwright-core';
import { ProtocolError, type UserView } from '@parley/protocol';
import { hasChromium, startBrowser } from '@parley/testkit/browser';
import { ensureBuilt } from './built.ts';
import { FakeGateway } from './fake-gateway.ts';
import type { FakeRoom } from './fake-room.ts';
import { dialog, openTab, signIn } from './pages.ts';

const MANY = 500;
const SOON = { timeout: 20_000 };
const cases = (page: Page): Locator => page.getByRole('list', { name: 'Cases' }).getByRole('link');
const focused = (page: Page): Promise<string> => page.evaluate(() => document.activeElement?.textContent ?? '');

describe.skipIf(!hasChromium())("the moderators' console", () => {
  let browser: Browser;

  beforeAll(async () => {
    await ensureBuilt();
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  /** Ada, who moderates a room of her own where Mallory has said `said`, with the console open. */
  const inConsole = async (said: readonly string[], options: { admin?: boolean; context?: Parameters<Browser['newContext']>[0] } = {}) => {
    const gateway = await FakeGateway.start();
    const mallory = gateway.user('Mallory');
    const grace = gateway.user('Grace');
    const { page, context } = await openTab(browser, gateway.url, options.context ?? {});
    const complaints: string[] = [];
    page.on('console', (entry) => { if (entry.type() === 'error') complaints.push(entry.text()); });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await signIn(page, 'Ada');
    const ada = [...gateway.users.values()].at(-1);
    if (!ada) throw new Error('nobody signed in');
    const room = gateway.room('public', 'general', ada);
    room.join(mallory);
    room.join(grace);
    if (options.admin) gateway.moderation.admins.add(ada.id);
    for (const body of said) reportOf(gateway, room, mallory, grace, body);
    await page.reload();
    await page.getByRole('link', { name: 'Moderation' }).click();
    await page.getByRole('heading', { level: 1, name: 'Moderation' }).waitFor();
    const close = async () => {
      expect(complaints).toEqual([]);
      await context.close();
      await gateway.stop();
    };
    return { gateway, page, room, ada, mallory, grace, close };
  };
  const reportOf = (gateway: FakeGateway, room: FakeRoom, by: UserView, reporter: UserView, body: string) => {
    const said = room.say(by, body);
    gateway.moderation.report(room, { messageId: said.id, userId: by.id }, reporter, 'spam', `about ${body}`);
    return said;
  };

  it('is worked through with the keyboard alone: claimed, hidden, muted, decided, and on to the next', async () => {
    const { gateway, page, room, mallory, ada, close } = await inConsole(['first', 'second']);
    await cases(page).first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.getByText('about first').waitFor();
    await expect.poll(() => focused(page), SOON).toBe('Message by Mallory');
    await page.keyboard.press('c');
    await page.getByText('Claimed by you until').waitFor();
    await page.keyboard.press('h');
    expect(await dialog(page).getByRole('textbox').inputValue()).toBe('Spam');
    await page.keyboard.press('Enter');
    await page.getByText('The message is hidden.').waitFor();
    // The body stays in sight of who moderates.
    await page.getByRole('region', { name: 'What was said' }).getByText('first').waitFor();
    await page.keyboard.press('m');
    await dialog(page).getByLabel('For how long?').selectOption('1 day');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('Mallory is muted.').waitFor();
    await page.keyboard.press('u');
    await page.keyboard.type('third time');
    await page.keyboard.press('Enter');
    await page.getByText('about second').waitFor();
    // Not claimed: deciding claims it.
    await page.keyboard.press('d');
    await dialog(page).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('All caught up').waitFor();
    expect([...gateway.moderation.cases.values()].map(({ view }) => [view.status, view.decision, view.decidedBy])).toEqual([['closed', 'upheld', ada.id], ['closed', 'dismissed', ada.id]]);
    expect(room.context().map(({ body, hidden }) => [body, hidden])).toEqual([['first', true], ['second', false]]);
    expect(gateway.moderation.sanction(mallory.id, room.id, 'mute')?.reason).toBe('Spam');
    await close();
  });

  it('says its keys on ?, and lets single keys be turned off', async () => {
    const { page, close } = await inConsole(['first']);
    await cases(page).first().waitFor();
    await page.keyboard.press('?');
    await dialog(page).getByText('Uphold: the report was right').waitFor();
    await dialog(page).getByRole('checkbox').press('Space');
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'hidden' });
    await cases(page).first().press('Enter');
    await page.getByText('about first').waitFor();
    await page.keyboard.press('c');
    await page.keyboard.press('u');
    expect(await dialog(page).count()).toBe(0);
    await page.getByRole('button', { name: 'Claim' }).press('Enter');
    await page.getByText('Claimed by you until').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => focused(page), SOON).toContain('Message by Mallory');
    await close();
  });

  it('shows what another does: a case that is claimed elsewhere is not decided here', async () => {
    const { gateway, page, room, grace, close } = await inConsole(['first']);
    room.setRole(grace.id, 'moderator', { by: grace });
    await cases(page).first().press('Enter');
    await page.getByText('about first').waitFor();
    const [id] = gateway.moderation.cases.keys();
    if (id === undefined) throw new Error('no case');
    gateway.moderation.claim(id, grace);
    await page.keyboard.press('d');
    await dialog(page).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Another moderator works on this case.').waitFor();
    await page.keyboard.press('Escape');
    gateway.emit('report:changed', {});
    await page.getByText('Claimed by Grace until').waitFor();
    await close();
  });

  it('pages a long queue as one goes down, keeps the place when news come, and filters', async () => {
    const { gateway, page, room, mallory, grace, close } = await inConsole(Array.from({ length: MANY }, (_, n) => `spam ${n}.`));
    await page.getByText('100+ cases').waitFor();
    for (let pages = 1; pages < MANY / 100; pages += 1) {
      await cases(page).last().focus();
      await page.keyboard.press('j');
      await expect.poll(() => cases(page).count(), SOON).toBe((pages + 1) * 100);
    }
    await page.getByText('500 cases').waitFor();
    await cases(page).nth(250).focus();
    reportOf(gateway, room, mallory, grace, 'one more');
    gateway.emit('report:changed', {});
    await page.getByText('500+ cases').waitFor();
    expect(await cases(page).nth(250).evaluate((row) => row === document.activeElement)).toBe(true);
    await page.getByLabel('Category').selectOption('Hate');
    await page.getByText('No case of this category').waitFor();
    await page.getByLabel('Show').selectOption('Closed');
    await page.getByText('Nothing has been decided yet').waitFor();
    await close();
  });

  it('says what failed and lets it be tried again', async () => {
    const { gateway, page, close } = await inConsole(['first']);
    await cases(page).first().waitFor();
    gateway.intercept = (name) => { if (name === 'report:list' || name === 'report:get') throw new ProtocolError('unavailable'); };
    await page.getByRole('button', { name: 'Load again' }).click();
    await page.getByText('This could not be loaded.').waitFor();
    await cases(page).first().click();
    await page.getByText('The case could not be loaded.').waitFor();
    gateway.intercept = () => {};
    await page.getByRole('alert').filter({ hasText: 'The case could not be loaded.' }).getByRole('button', { name: 'Try again' }).click();
    await page.getByText('about first').waitFor();
    await close();
  });

  it('has one pane at a time on a phone', async () => {
    const { page, close } = await inConsole(['first'], { context: { viewport: { width: 390, height: 844 } } });
    await cases(page).first().click();
    await page.getByText('about first').waitFor();
    expect(await cases(page).first().isVisible()).toBe(false);
    await page.getByRole('link', { name: 'Back to the queue' }).click();
    await cases(page).first().waitFor();
    for (const section of ['Queue', 'Audit log']) {
      await page.getByRole('link', { name: section }).click();
      expect(await page.evaluate(() => [...document.querySelectorAll('*')].filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && getComputedStyle(element).position !== 'absolute').map((element) => element.className))).toEqual([]);
    }
    await close();
  });

  it('searches the audit log and takes along what was found', async () => {
    const { gateway, page, room, ada, mallory, close } = await inConsole([], { admin: true });
    for (let n = 0; n < 250; n += 1) gateway.moderation.log({ act: n % 2 ? 'member.muted' : 'member.banned', by: ada.id, userId: mallory.id, roomId: room.id, reason: n === 7 ? '=HYPERLINK("x"), said' : `reason ${n}` });
    await page.getByRole('link', { name: 'Audit log' }).click();
    await page.getByRole('cell', { name: 'reason 249' }).waitFor();
    await page.getByLabel('Act').selectOption('Muted');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByRole('cell', { name: 'reason 248' }).waitFor({ state: 'hidden' });
    const saved = async (kind: 'CSV' | 'JSON') => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: `Export ${kind}` }).click()]);
      return readFile(await download.path(), 'utf8');
    };
    const csv = await saved('CSV');
    expect(csv.split('\r\n').filter((line) => line.includes('member.muted'))).toHaveLength(125);
    expect(csv).not.toContain('member.banned');
    expect(csv).toContain(`"'=HYPERLINK(""x""), said"`);
    await page.getByText('125 entries exported.').waitFor();
    expect((await saved('JSON')).trimEnd().split('\n').map((line) => (JSON.parse(line) as { act: string }).act)).toEqual(Array.from({ length: 125 }, () => 'member.muted'));
    await close();
  });

  it('edits rules, says what is wrong in them, and does not overwrite what another saved', async () => {
    const { gateway, page, close } = await inConsole([], { admin: true });
    await page.getByRole('link', { name: 'Rules' }).click();
    const editor = page.getByRole('textbox', { name: 'Rules as JSON' });
    await page.getByRole('button', { name: 'Links' }).click();
    await page.getByRole('button', { name: 'Save rules' }).click();
    await page.getByText('Saved as version 2.').waitFor();
    expect(gateway.moderation.rules.rules.map(({ id }) => id)).toEqual(['links']);
    await editor.fill('[{"kind":"words"}]');
    await page.getByText('[0].id:').waitFor();
    expect(await page.getByRole('button', { name: 'Save rules' }).isDisabled()).toBe(true);
    gateway.moderation.rules = { version: 9, rules: [] };
    await editor.fill('[]');
    await page.getByRole('button', { name: 'Save rules' }).click();
    await page.getByText('Somebody else has saved other rules meanwhile.').waitFor();
    expect(await editor.inputValue()).toBe('[]');
    await page.getByRole('button', { name: 'Load theirs' }).click();
    await page.getByText('Version 9').waitFor();
    await close();
  });
});

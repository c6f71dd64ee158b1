import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';

/** What a person does with the web client, found as a person finds it: by roles and names. */

export const composer = (page: Page): Locator => page.getByRole('textbox', { name: /^Message to / });
export const messageList = (page: Page): Locator => page.getByRole('feed');
export const dialog = (page: Page): Locator => page.getByRole('dialog');
/** The message whose text holds `text`. */
export const message = (page: Page, text: string): Locator => messageList(page).getByRole('article').filter({ hasText: text });

/** A tab of its own storage: another device. */
export const openTab = async (browser: Browser, url: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<{ context: BrowserContext; page: Page }> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  await page.goto(url);
  return { context, page };
};

export const signIn = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('textbox', { name: 'Your name' }).fill(name);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Rooms' }).waitFor();
};

export const createRoom = async (page: Page, name: string, kind: 'Public' | 'Private' = 'Public'): Promise<void> => {
  await page.getByRole('navigation', { name: 'Rooms' }).getByRole('button', { name: 'New room' }).first().click();
  await dialog(page).getByRole('textbox', { name: 'Name' }).fill(name);
  await dialog(page).getByRole('radio', { name: kind }).check();
  await dialog(page).getByRole('button', { name: 'Create room' }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
  await composer(page).waitFor();
};

/** Lists are eventually consistent: a room that is not there yet is looked for again, with more patience each time. */
export const joinRoom = async (page: Page, name: string): Promise<void> => {
  const join = dialog(page).getByRole('button', { name: `Join ${name}` });
  for (let tries = 1; ; tries += 1) {
    await page.getByRole('button', { name: 'Browse rooms' }).click();
    try {
      await join.click({ timeout: tries * 1_000 });
      break;
    } catch (error) {
      if (tries === 8) throw error;
      await page.keyboard.press('Escape');
    }
  }
  await page.getByRole('heading', { level: 1, name }).waitFor();
};

export const openRoom = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
};

export const say = async (page: Page, text: string): Promise<void> => {
  await composer(page).fill(text);
  await composer(page).press('Enter');
};

/** The texts in sight, in their order. The list is virtual: of a long room these are not all. */
export const messages = async (page: Page): Promise<string[]> => {
  const rows = await messageList(page).getByRole('article').evaluateAll((articles) => articles
    .map((article) => ({ index: Number(article.getAttribute('aria-posinset')), text: article.querySelector('[data-part="body"]')?.textContent ?? '' }))
    .sort((a, b) => a.index - b.index)
    .map(({ text }) => text));
  return rows;
};

/** Waits until the message is shown as acked. */
export const isSent = async (page: Page, text: string): Promise<void> => {
  await message(page, text).locator('[data-state="sent"]').waitFor();
};

export const openMembers = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Members', exact: true }).click();
  await page.getByRole('complementary', { name: 'Members' }).waitFor();
};

const memberRows = (page: Page): Locator => page.getByRole('list', { name: 'Members' }).getByRole('listitem');
/** By name, or by name and presence: `Ada, Online`. */
export const member = (page: Page, text: string): Locator => memberRows(page).filter({ hasText: text });

/** The members panel as it reads: its sections, and its members in sight with their presence. */
export const memberNames = (page: Page): Promise<string[]> => memberRows(page).evaluateAll((rows) => rows
  .sort((a, b) => Number(a.ariaPosInSet) - Number(b.ariaPosInSet))
  .map((row) => row.querySelector('h3, p')?.textContent ?? ''));

export const typingLine = (page: Page): Locator => page.locator('[data-part="typing"]');

const setHidden = (page: Page, hidden: boolean): Promise<void> => page.evaluate((now) => {
  if (now) Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
  else Reflect.deleteProperty(document, 'visibilityState');
  document.dispatchEvent(new Event('visibilitychange'));
}, hidden);

/** As if the page had been hidden for the minute after which nobody counts as being at it. */
export const goAway = async (page: Page): Promise<void> => {
  await page.evaluate(() => {
    const { setTimeout: later } = globalThis;
    const LONG_MS = 60_000;
    globalThis.setTimeout = ((then: () => void, ms?: number) => later(then, ms === LONG_MS ? 0 : ms)) as typeof setTimeout;
  });
  await setHidden(page, true);
};

export const comeBack = (page: Page): Promise<void> => setHidden(page, false);

/** Records how a member's presence changes in the open panel, from now on. */
export const recordPresence = async (page: Page, name: string): Promise<() => Promise<string[]>> => {
  await member(page, name).waitFor();
  const seen = await page.getByRole('complementary', { name: 'Members' }).evaluateHandle((panel, who) => {
    const statuses: string[] = [];
    const look = () => {
      for (const row of panel.querySelectorAll('li p:first-child')) {
        const [shown = '', status = ''] = (row.textContent ?? '').split(', ');
        if (shown === who && statuses.at(-1) !== status) statuses.push(status);
      }
    };
    look();
    new MutationObserver(look).observe(panel, { subtree: true, childList: true, characterData: true });
    return statuses;
  }, name);
  return () => seen.jsonValue();
};

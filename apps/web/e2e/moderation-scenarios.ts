import { expect } from 'vitest';
import type { Page } from 'playwright-core';
import { composer, dialog, joinRoom, member, message, openMembers, openTab, say, signIn } from './pages.ts';
import { SOON_MS, twoInARoom, type Served } from './scenarios.ts';

const SOON = { timeout: SOON_MS };

/** What a keyboard reaches: no pointer is used, and the focus is where it must be. */
const press = async (page: Page, ...keys: string[]): Promise<void> => {
  for (const key of keys) await page.keyboard.press(key);
};

/** A message is reported, claimed, hidden and decided by keys alone; its author and everybody else see it hidden, then restored. */
export const moderatesByKeyboard = async (served: Served): Promise<void> => {
  const { ada, grace, close } = await twoInARoom(served, 'court');
  const linus = await openTab(served.browser, served.url);
  await signIn(linus.page, 'Linus');
  await joinRoom(linus.page, 'court');
  await say(grace, 'something rude');
  await message(linus.page, 'something rude').waitFor(SOON);
  await message(linus.page, 'something rude').focus();
  await press(linus.page, 'Tab', 'Enter');
  await dialog(linus.page).getByRole('heading', { name: /Report this message/ }).waitFor();
  await press(linus.page, 'Tab');
  await linus.page.keyboard.type('again and again');
  await press(linus.page, 'Tab', 'Tab', 'Enter');
  await linus.page.getByText('Thank you.').waitFor(SOON);

  // The owner hears of it without asking.
  await ada.getByRole('link', { name: /Moderation.*1 case waiting/ }).press('Enter', SOON);
  const cases = ada.getByRole('list', { name: 'Cases' }).getByRole('link');
  await cases.filter({ hasText: 'Message by Grace' }).waitFor(SOON);
  await press(ada, 'j', 'Enter');
  await ada.getByText('again and again').waitFor(SOON);
  await press(ada, 'c');
  await ada.getByText('Claimed by you until').waitFor(SOON);
  await press(ada, 'h');
  await dialog(ada).waitFor();
  await press(ada, 'Enter');
  await ada.getByText('The message is hidden.').waitFor(SOON);
  for (const page of [grace, linus.page]) await message(page, 'Hidden by a moderator: Spam').waitFor(SOON);
  // Who moderates still reads it.
  await ada.getByRole('region', { name: 'What was said' }).getByText('something rude').waitFor(SOON);
  await press(ada, 'u');
  await dialog(ada).waitFor();
  await press(ada, 'Enter');
  await ada.getByText('All caught up').waitFor(SOON);

  // What was done can be found, and taken back.
  await ada.getByRole('link', { name: 'Audit log' }).press('Enter');
  await ada.getByRole('cell', { name: 'Message hidden' }).waitFor(SOON);
  await ada.getByRole('cell', { name: 'Case closed' }).first().waitFor(SOON);
  await grace.reload();
  await message(grace, 'Hidden by a moderator: Spam').waitFor(SOON);
  await ada.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: 'court' }).press('Enter');
  await message(ada, 'Hidden by a moderator: Spam').focus(SOON);
  await message(ada, 'Hidden by a moderator: Spam').getByRole('button', { name: 'Restore' }).press('Enter');
  for (const page of [ada, grace, linus.page]) await message(page, 'something rude').waitFor(SOON);
  await linus.context.close();
  await close();
};

/** A ban of a few seconds, and a mute for good that is lifted. */
export const bansForATime = async (served: Served): Promise<void> => {
  const { ada, grace, close } = await twoInARoom(served, 'bench');
  await openMembers(ada);
  await member(ada, 'Grace').waitFor(SOON);
  await ada.getByRole('button', { name: 'Manage Grace' }).click();
  await dialog(ada).getByRole('button', { name: 'Mute', exact: true }).click();
  await dialog(ada).getByLabel('For how long?').selectOption('Until it is lifted');
  await dialog(ada).getByRole('textbox', { name: 'Reason' }).fill('Shouting');
  await dialog(ada).getByRole('button', { name: 'Mute', exact: true }).click();
  const notice = grace.getByRole('status').filter({ hasText: 'You are muted in this room.' });
  await notice.getByText('Shouting').waitFor(SOON);
  await grace.reload();
  await notice.getByText('Until a moderator lifts it.').waitFor(SOON);
  await ada.getByRole('button', { name: 'Mutes and bans' }).click();
  await dialog(ada).getByRole('button', { name: 'Unmute Grace' }).click(SOON);
  await composer(grace).waitFor(SOON);
  await ada.keyboard.press('Escape');
  await say(grace, 'thank you');
  await message(ada, 'thank you').waitFor(SOON);

  await ada.getByRole('button', { name: 'Manage Grace' }).click();
  await dialog(ada).getByRole('button', { name: 'Ban from room' }).click();
  await dialog(ada).getByLabel('For how long?').selectOption('Another time…');
  await dialog(ada).getByLabel('How many').fill('0.2');
  await dialog(ada).getByLabel('Unit').selectOption('minutes');
  await dialog(ada).getByRole('textbox', { name: 'Reason' }).fill('Time to cool down');
  await dialog(ada).getByRole('button', { name: 'Ban from room' }).click();
  await grace.getByRole('heading', { name: 'You are banned from bench' }).waitFor(SOON);
  await grace.getByText('Time to cool down').waitFor();
  await grace.getByText('seconds left').waitFor();
  await member(ada, 'Grace').waitFor({ state: 'hidden', ...SOON });
  await say(ada, 'quiet at last');
  await grace.getByRole('heading', { name: 'The ban is over' }).waitFor({ timeout: SOON_MS + 12_000 });
  await grace.getByRole('button', { name: 'Join room' }).click();
  await message(grace, 'quiet at last').waitFor(SOON);
  await expect(composer(grace).count()).resolves.toBe(1);
  await close();
};

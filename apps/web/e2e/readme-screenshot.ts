// Draws docs/images/parley.png: `node apps/web/e2e/readme-screenshot.ts`. Best on a machine with a good system font.
import { join } from 'node:path';
import { startBrowser } from '@parley/testkit/browser';
import type { UserView } from '@parley/protocol';
import { avatarColour } from '@parley/ui/text/avatar';
import { ensureBuilt } from './built.ts';
import { FakeGateway } from './fake-gateway.ts';
import { message, openRoom, openTab, say, signIn } from './pages.ts';

const MINUTE = 60_000;

await ensureBuilt();
const gateway = await FakeGateway.start();
const browser = await startBrowser();
const colours = new Set<string>();
/** Of a colour that nobody has yet. */
const person = (name: string): UserView => {
  for (;;) {
    const user = gateway.user(name);
    if (colours.has(avatarColour(user.id))) continue;
    colours.add(avatarColour(user.id));
    return user;
  }
};
const [ines, tomasz, amara, kenji, layla] = ['Inês Duarte', 'Tomasz Nowak', 'Amara Okafor', 'Kenji Mori', 'ليلى حداد'].map(person) as [UserView, UserView, UserView, UserView, UserView];

const launch = gateway.room('public', 'launch', ines);
launch.topic = 'Spring release: Thursday, 10:00';
for (const user of [tomasz, amara, kenji, layla]) launch.join(user);
const others = [
  gateway.room('public', 'general', ines), gateway.room('public', 'design', amara), gateway.room('public', 'support', kenji),
  gateway.room('private', 'on-call', tomasz), gateway.room('public', 'bicycles', layla),
];

const { page, context } = await openTab(browser, gateway.url, { locale: 'en-GB', colorScheme: 'light', deviceScaleFactor: 1.5, viewport: { width: 1280, height: 790 } });
await signIn(page, 'Mira Lindqvist');
const mira = [...gateway.users.values()].at(-1);
if (!mira) throw new Error('nobody signed in');
for (const room of [launch, ...others]) room.join(mira);

const now = Date.now();
for (const user of [ines, amara, kenji]) gateway.presence.set(user.id, 'online');
gateway.presence.set(tomasz.id, 'away');
gateway.presence.set(layla.id, 'offline', now - 12 * MINUTE);
const talk: [UserView, number, string][] = [
  [tomasz, 61, 'The migration ran through on staging in four minutes. I expected twenty.'],
  [amara, 60, 'Four! Then we do not need the long maintenance window.'],
  [kenji, 58, 'Support has the new answers ready too: https://wiki.example.org/launch/answers'],
  [ines, 41, 'Good. Let us go through what is left:\n  • release notes, Layla\n  • load test with the new limits, Tomasz\n  • the banner on the website, Amara'],
  [layla, 38, 'ملاحظات الإصدار جاهزة للمراجعة، أرسلت لكم الرابط'],
  [tomasz, 33, 'Load test is green: 10,000 messages, three servers killed in the middle, none lost.'],
  [tomasz, 33, 'I pulled the plug on a fourth one for fun. Still none.'],
  [amara, 30, 'Of course you did.'],
  [mira, 12, 'I have read the notes, they are lovely. One typo fixed.'],
  [ines, 9, 'Then I would say we are ready. Any reason to wait?'],
  [kenji, 6, 'None from here. See you all on Thursday!'],
];
for (const [by, minutes, body] of talk) launch.say(by, body, { at: now - minutes * MINUTE });

await page.reload();
await openRoom(page, 'launch');
await message(page, 'See you all').waitFor();
await page.getByRole('button', { name: 'Members', exact: true }).click();
for (const user of [amara, tomasz]) await page.getByRole('button', { name: `Message ${user.name}` }).click().then(() => openRoom(page, user.name)).then(() => openRoom(page, 'launch')).then(() => page.getByRole('button', { name: 'Members', exact: true }).click());
await page.getByRole('button', { name: 'Close members' }).click();
await say(page, 'Ship it.');
await message(page, 'Ship it.').locator('[data-state="sent"]').waitFor();
const [general, design] = others;
if (general && design) {
  gateway.tell(general, ...['Lunch at one?', 'The new place?', 'Yes!'].map((body, index) => general.say(index % 2 ? amara : kenji, body)));
  gateway.tell(design, design.say(amara, 'Banner, third attempt'));
}
await page.getByRole('link', { name: /general.*3 unread/ }).waitFor();
await page.mouse.move(5, 400);
await page.screenshot({ path: join(import.meta.dirname, '../../../docs/images/parley.png'), animations: 'disabled' });
await context.close();
await browser.close();
await gateway.stop();

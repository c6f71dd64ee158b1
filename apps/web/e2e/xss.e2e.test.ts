import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { ProtocolError, type ReportCategory, type Rule, type UserView } from '@parley/protocol';
import { hasChromium, startBrowser } from '@parley/testkit/browser';
import { ensureBuilt } from './built.ts';
import { FakeGateway } from './fake-gateway.ts';
import { openTab, signIn } from './pages.ts';

/**
 * Ways by which text has become script or markup elsewhere. Each tries to call `pwned`; `%` numbers them. What a page may
 * be given by a server that is hostile or has no rules of its own: no text is trusted.
 */
const CORPUS = [
  '<script>pwned(%)</script>',
  '<img src=x onerror=pwned(%)>',
  '"><img src=x onerror="pwned(%)">',
  "'><svg/onload=pwned(%)>",
  '" onmouseover="pwned(%)" autofocus onfocus="pwned(%)" x="',
  "' onfocus='pwned(%)' autofocus tabindex='0",
  '<iframe srcdoc="<script>parent.pwned(%)</script>"></iframe>',
  '<a href="javascript:pwned(%)">x</a>',
  'javascript:pwned(%)',
  'https://example.org/"onmouseover="pwned(%)"',
  "https://example.org/'><img src=x onerror=pwned(%)>",
  'https://javascript:pwned(%)@example.org/',
  'data:text/html,<script>pwned(%)</script>',
  '</title><script>pwned(%)</script>',
  '</textarea><script>pwned(%)</script>',
  '</style><script>pwned(%)</script>',
  '--></noscript><script>pwned(%)</script>',
  '<math><mtext></form><form><mglyph><style></math><img src onerror=pwned(%)>',
  '<svg><animate onbegin=pwned(%) attributeName=x dur=1s>',
  '<details open ontoggle=pwned(%)>',
  '<template><script>pwned(%)</script></template>',
  '<base href="https://evil.example/">',
  '<meta http-equiv="refresh" content="0;url=javascript:pwned(%)">',
  '<link rel=stylesheet href="data:text/css,*{color:red}">',
  '<style>*{background:url(https://evil.example/x)}</style>',
  '<object data="javascript:pwned(%)"></object><embed src="javascript:pwned(%)">',
  '<form action="javascript:pwned(%)"><button autofocus>x</button></form>',
  '{{constructor.constructor("pwned(%)")()}} ${pwned(%)} #{pwned(%)}',
  '&lt;img src=x onerror=pwned(%)&gt; &#60;script&#62;pwned(%)&#60;/script&#62;',
  '\u003cscript\u003epwned(%)\u003c/script\u003e',
  '<<SCRIPT>pwned(%)//<</SCRIPT>',
  '<img """><script>pwned(%)</script>">',
  '\u202e<script>pwned(%)</script>\u2069',
  'x:expression(pwned(%))',
  'style="background:url(javascript:pwned(%))"',
  '__proto__', 'constructor', 'toString',
].map((text, n) => text.replaceAll('%', String(n)));

/** Elements and attributes that nothing of ours makes: one of them in the page is one that a text has made. */
const injected = (page: Page): Promise<string[]> => page.evaluate(() => [
  ...[...document.querySelectorAll('script:not([src]), iframe, object, embed, base, meta[http-equiv], style:not([data-vite-dev-id]), img, svg animate, math, template, details, body link')].map((element) => element.outerHTML),
  ...[...document.querySelectorAll('*')].flatMap((element) => element.getAttributeNames().filter((name) => /^on|^srcdoc$|^formaction$/i.test(name)).map((name) => `${element.tagName}[${name}]`)),
  ...[...document.querySelectorAll('[href], [src], [action]')].flatMap((element) => ['href', 'src', 'action'].map((name) => element.getAttribute(name) ?? ''))
    .filter((address) => address !== '' && !/^(#\/|https?:\/\/|\/)/.test(address)),
]);

describe.skipIf(!hasChromium())('text from others is text', () => {
  let browser: Browser;
  let gateway: FakeGateway;
  let mallory: UserView;
  let page: Page;
  /** What the page's policy had to stop, and what a script managed to say. */
  const reported: string[] = [];
  /** Texts that were in sight as text: what was looked for must have been there. */
  const seen = new Set<number>();

  const look = async (): Promise<void> => {
    expect(await injected(page)).toEqual([]);
    const text = await page.evaluate(() => document.body.innerText + [...document.querySelectorAll('textarea, input')].map((field) => (field as HTMLInputElement).value).join('\n'));
    CORPUS.forEach((body, n) => { if (text.includes(body)) seen.add(n); });
  };

  beforeAll(async () => {
    await ensureBuilt();
    browser = await startBrowser();
    gateway = await FakeGateway.start();
    mallory = gateway.user(CORPUS[2] ?? '');
    const tab = await openTab(browser, gateway.url);
    page = tab.page;
    await page.exposeFunction('pwned', (n: unknown) => { reported.push(`script ${String(n)} ran`); });
    await page.exposeFunction('violated', (what: string) => { reported.push(what); });
    await page.addInitScript(() => document.addEventListener('securitypolicyviolation', (event) => (globalThis as unknown as { violated: (what: string) => void }).violated(`${event.violatedDirective} ${event.blockedURI}`)));
    page.on('dialog', (dialog) => { reported.push(`dialog ${dialog.message()}`); void dialog.dismiss(); });
    page.on('pageerror', (error) => reported.push(String(error)));
    await page.reload();
    await signIn(page, CORPUS[3] ?? '');
  });
  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
  });

  /** Everything that somebody else may have written, hostile. */
  const fill = () => {
    const me = [...gateway.users.values()].at(-1);
    if (!me) throw new Error('nobody signed in');
    gateway.moderation.admins.add(me.id);
    const rooms = CORPUS.map((name, n) => {
      const room = gateway.room(n % 2 ? 'private' : 'public', name, mallory);
      room.topic = CORPUS[(n + 1) % CORPUS.length] ?? '';
      room.join(me, 'moderator');
      return room;
    });
    const [room, other] = rooms;
    if (!room || !other) throw new Error('no room');
    for (const name of CORPUS) {
      const author = gateway.user(name);
      room.join(author);
      const said = room.say({ ...author, name }, name);
      gateway.moderation.report(room, { messageId: said.id, userId: author.id }, { ...mallory, name }, 'other', name);
      gateway.moderation.impose('mute', author.id, room.id, null, name, mallory);
      gateway.moderation.log({ act: name, by: author.id, userId: author.id, roomId: room.id, reason: name, detail: name, until: Number.MAX_SAFE_INTEGER });
    }
    // What a server without rules of its own may send: categories that are none, moments that no calendar has.
    for (const held of gateway.moderation.cases.values()) {
      held.view = { ...held.view, categories: [CORPUS[1] as ReportCategory, 'constructor' as ReportCategory, 'spam'], claimedUntil: Number.MAX_SAFE_INTEGER, openedAt: -Number.MAX_SAFE_INTEGER };
      for (const report of held.reports) Object.assign(report, { category: CORPUS[4], at: Number.MAX_SAFE_INTEGER });
    }
    const hidden = other.say(mallory, 'hidden');
    other.append('message.hidden', { messageId: hidden.id, reason: CORPUS[1] ?? '' }, { by: mallory });
    gateway.moderation.rules = { version: 1, rules: CORPUS.slice(0, 20).map((reason, n): Rule => ({ kind: 'words', id: `rule-${n}`, action: 'reject', reason, words: [reason], anywhere: true, sparesModerators: true })) };
    return { me, room, other };
  };

  it('in rooms, members, messages, reasons, reports, the audit log and the rules', async () => {
    const { me, room, other } = fill();
    await page.reload();
    await page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: CORPUS[0] ?? '' }).first().waitFor();
    await look();

    // A room of hostile names and messages, each in sight once.
    await page.goto(`${gateway.url}/#/rooms/${room.id}`);
    const list = page.getByRole('feed');
    await list.waitFor();
    await list.focus();
    for (let step = 0; step < 40; step += 1) {
      await look();
      await list.evaluate((element, at) => element.scrollTo({ top: at * 400 }), step);
      await page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); }));
    }
    await page.getByRole('button', { name: 'Members', exact: true }).click();
    await page.getByRole('list', { name: 'Members' }).getByRole('listitem').first().waitFor();
    await look();
    await page.getByRole('button', { name: 'Mutes and bans' }).click();
    await page.getByRole('dialog').getByRole('listitem').nth(5).waitFor();
    await look();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Close members' }).click();
    await page.getByRole('button', { name: 'Edit room' }).click();
    await page.getByRole('dialog').waitFor();
    await look();
    await page.keyboard.press('Escape');

    await page.goto(`${gateway.url}/#/rooms/${other.id}`);
    await page.getByText('Hidden by a moderator').waitFor();
    gateway.typing(other, { ...mallory, name: CORPUS[1] ?? '' });
    await page.locator('[data-part="typing"]').filter({ hasText: 'is typing' }).waitFor();
    await look();
    gateway.intercept = (name) => { if (name === 'message:send') throw new ProtocolError('content_refused', CORPUS[2]); };
    await page.getByRole('textbox', { name: /^Message to / }).fill(CORPUS[5] ?? '');
    await page.keyboard.press('Enter');
    await page.getByText('A rule of this server forbids it').waitFor();
    await look();
    gateway.intercept = () => {};

    await page.goto(`${gateway.url}/#/moderation`);
    const cases = page.getByRole('list', { name: 'Cases' }).getByRole('link');
    await cases.first().waitFor();
    await look();
    for (const index of [0, 4, 9]) {
      await cases.nth(index).click();
      await page.getByRole('region', { name: 'Reports' }).waitFor();
      await look();
      for (const key of ['h', 'b', 'm']) {
        await page.keyboard.press(key);
        await page.getByRole('dialog').waitFor();
        await look();
        await page.keyboard.press('Escape');
        await page.getByRole('dialog').waitFor({ state: 'hidden' });
      }
    }
    await page.goto(`${gateway.url}/#/moderation/audit`);
    await page.getByRole('row').nth(CORPUS.length).waitFor();
    await look();
    await page.goto(`${gateway.url}/#/moderation/rules`);
    await page.getByRole('textbox', { name: 'Rules as JSON' }).waitFor();
    await look();

    // Notices, the notice in place of the composer, a ban of a room, a ban of the server.
    gateway.emit('room:added', { room: { ...room.view(me.id), id: gateway.room('public', CORPUS[7] ?? '', mallory).id, name: CORPUS[7] ?? '' } }, me.id);
    await page.getByRole('alert').filter({ hasText: 'You were added to' }).waitFor();
    await look();
    await page.goto(`${gateway.url}/#/rooms/${room.id}`);
    gateway.emit('sanction:changed', { roomId: room.id, kind: 'mute', sanction: { kind: 'mute', userId: me.id, roomId: room.id, reason: CORPUS[1] ?? '', since: 0, until: Number.MAX_SAFE_INTEGER } }, me.id);
    await page.getByText('You are muted in this room').waitFor();
    await look();
    gateway.emit('room:removed', { roomId: room.id, reason: CORPUS[3] ?? '', ban: { until: null } }, me.id);
    await page.getByText('You are banned from').waitFor();
    await look();
    gateway.emit('room:removed', { roomId: other.id, reason: CORPUS[4] ?? '' }, me.id);
    await page.getByRole('alert').filter({ hasText: 'You were removed from' }).waitFor();
    await look();
    gateway.banUser(me.id, null, CORPUS[1] ?? '', mallory);
    await page.getByText('You are banned from this server').waitFor();
    await look();

    expect(CORPUS.filter((_, n) => !seen.has(n))).toEqual([]);
    expect(reported).toEqual([]);
  }, 240_000);

  it('in addresses: nothing behind # is more than a place', async () => {
    await page.evaluate(async (texts) => {
      for (const hash of texts.flatMap((text) => [text, `/rooms/${text}`, `/moderation/cases/${text}`])) {
        window.location.hash = hash;
        await new Promise((resolve) => { requestAnimationFrame(resolve); });
      }
    }, CORPUS);
    expect(await injected(page)).toEqual([]);
    expect(reported).toEqual([]);
  });
});

import { afterTests } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { startParley, type Parley } from '@parley/testkit/parley';
import { hasChromium, startBrowser } from '@parley/testkit/browser';
import { ensureBuilt } from './built.ts';
import { bansForATime, moderatesByKeyboard } from './moderation-scenarios.ts';
import { addsPeopleAndWritesDirectly, bothSeeTheSameOrder, editsAndDeletes, managesARoom, seesWhoIsThere, sendsOnceTheServerIsBack, type Served } from './scenarios.ts';

const cleanup = afterTests();

describe.skipIf(!hasChromium())('the web client on standalone', () => {
  let browser: Browser;
  let parley: Parley;
  let served: Served;

  beforeAll(async () => {
    await ensureBuilt();
    parley = await startParley({ app: 'standalone', cleanup });
    browser = await startBrowser();
    served = { browser, url: parley.url };
  });
  afterAll(async () => {
    await browser?.close();
    await parley?.stop();
  });

  it('shows two people who talk at once one order, and keeps it over a reload', () => expect(bothSeeTheSameOrder(served)).resolves.toBeUndefined());
  it('edits and deletes, with the keyboard, for everybody', () => expect(editsAndDeletes(served)).resolves.toBeUndefined());
  it('adds people to a private room and writes to one directly', () => expect(addsPeopleAndWritesDirectly(served)).resolves.toBeUndefined());
  it('lets who owns a room name it, give roles and remove people', () => expect(managesARoom(served)).resolves.toBeUndefined());
  it('shows who is there, who types and who went away, with two devices of one user as one', () => expect(seesWhoIsThere(served)).resolves.toBeUndefined());
  it('lets a report be worked through with the keyboard alone, and everybody see what came of it', () => expect(moderatesByKeyboard(served)).resolves.toBeUndefined());
  it('tells who is banned what, why and until when, and lets them back once it is over', () => expect(bansForATime(served)).resolves.toBeUndefined());
  it('delivers once, once the server is back, what was typed while it was down', () => expect(sendsOnceTheServerIsBack(served, { down: () => parley.kill(), up: () => parley.start() })).resolves.toBeUndefined());
});

/**
 * What every journey through Sotto leans on: a real server, a browser, people who come to it, and steps in order. It starts
 * with the file that asks for it, and ends with its last test.
 */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { launchBrowser, registerUser, type StartServerOptions, startServer, type TestServer } from '@sotto/testing';
import type { Browser, Page } from 'playwright-core';
import { pictureFolder } from './look.ts';
import { type Account, logIn, openVisitor, type Person, type Visitor } from './person.ts';

/** How people come to a server. */
export interface People {
  /** An account that no session has used yet: what a command line left behind is logged out. */
  makeAccount(username: string): Promise<Account>;
  /** A browser of their own, logged in through the form. */
  arrive(account: Account, browser?: Browser): Promise<Person>;
  /** Both: somebody who was never here. */
  newPerson(username: string): Promise<Person>;
}

export interface Journey extends People {
  server: TestServer;
  browser: Browser;
  /** People of another server; the caller stops it. */
  peopleOn(server: TestServer): People;
  /** A browser of their own in front of the login. */
  openVisitor(browser?: Browser): Promise<Visitor>;
  /**
   * One step, a test: where one failed, what stands on the screens is told, and the rest, which can't be walked, is skipped.
   */
  step(name: string, walk: () => void | Promise<void>): void;
  /** The last step: no page of anybody complained, besides of what is known. */
  nobodyComplained(known?: RegExp): void;
  /** A picture of what stands on the screen, wide and as on a phone, where a folder was named for them. */
  picture(page: Page, name: string): Promise<void>;
  /** Ends something with the journey, before the browser and the server. */
  atTheEnd(end: () => unknown): void;
}

/** Starts a server with this configuration, and a browser. */
export async function startJourney({ config = {} }: Pick<StartServerOptions, 'config'> = {}): Promise<Journey> {
  const server = await startServer({ config });
  const ends: (() => unknown)[] = [];
  after(async () => {
    for (const end of ends) await end();
    await server.stop();
  });
  const browser = await launchBrowser();
  const visitors: Visitor[] = [];
  const step = createSteps(visitors);
  const visit = async (by = browser) => {
    const visitor = await openVisitor(by);
    visitors.push(visitor);
    return visitor;
  };
  ends.push(() => browser.close());

  return {
    server,
    browser,
    ...createPeople(server, visit),
    peopleOn: (other) => createPeople(other, visit),
    openVisitor: visit,
    step,
    nobodyComplained: (known) =>
      step('nobody’s console complained', () => {
        const complaints = visitors.flatMap((visitor) => visitor.complaints);
        assert.deepEqual(
          complaints.filter((complaint) => !known?.test(complaint)),
          [],
        );
      }),
    picture: takePicture,
    atTheEnd: (end) => void ends.unshift(end),
  };
}

function createPeople(server: TestServer, visit: (browser?: Browser) => Promise<Visitor>): People {
  const makeAccount: People['makeAccount'] = async (username) => {
    const { password, call } = await registerUser(server, username, { password: `${username} has small onions` });
    await call('POST', '/v3/logout', {});
    return { username, password };
  };
  const arrive: People['arrive'] = async ({ username, password }, browser) => {
    const visitor = await visit(browser);
    await logIn(visitor.page, server.url, { username, password });
    return { ...visitor, username, password };
  };
  return { makeAccount, arrive, newPerson: async (username) => arrive(await makeAccount(username)) };
}

function createSteps(visitors: readonly Visitor[]): Journey['step'] {
  let failed: string | undefined;
  return (name, walk) =>
    void test(name, async (t) => {
      if (failed !== undefined) return t.skip(`after: ${failed}`);
      failed = name;
      try {
        await walk();
      } catch (error) {
        throw new Error(`${error}\n${await screensOf(visitors)}`, { cause: error });
      }
      failed = undefined;
    });
}

async function screensOf(visitors: readonly Visitor[]): Promise<string> {
  const pages = visitors.flatMap(({ page }) => page.context().pages());
  const texts = await Promise.all(pages.map((page) => page.locator('body').innerText().catch(String)));
  return texts.map((text, index) => `--- screen ${index + 1}\n${text.replaceAll(/\n+/g, ' · ')}`).join('\n');
}

async function takePicture(page: Page, name: string): Promise<void> {
  if (pictureFolder === undefined) return;
  const sizes = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
  mkdirSync(pictureFolder, { recursive: true });
  const before = page.viewportSize();
  for (const [size, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport);
    await page.screenshot({ path: join(pictureFolder, `${name}-${size}.png`) });
  }
  if (before) await page.setViewportSize(before);
}

/** A person for the benches of keys: set up in Node, at work in a real browser. */
import { createSession, memoryPlatform, type SottoSession } from '@sotto/client';
import { launchBrowser, startServer, type TestServer, until } from '@sotto/testing';
import type { Browser, Page } from 'playwright-core';
import { ensureWebBuilt } from '../tools/build-web.ts';

export const account = { username: 'ada', password: 'seven small onions' };

export interface Stage {
  server: TestServer;
  browser: Browser;
  /** A session in Node, registered under this name and ready. */
  person(username: string): Promise<SottoSession>;
  /** Another session of somebody who is registered, not unlocked yet. */
  again(username: string): Promise<SottoSession>;
}

/** A server with the password hash of the default configuration, a browser, and people; all of it ends with `run`. */
export async function onStage<T>(run: (stage: Stage) => Promise<T>): Promise<T> {
  const { state, output } = ensureWebBuilt();
  if (state === 'failed') throw new Error(output);
  const server = await startServer({ config: { passwordHash: { memoryKiB: 19456, iterations: 2 } } });
  const browser = await launchBrowser();
  const sessions: SottoSession[] = [];
  try {
    const open = () => {
      const now = () => performance.timeOrigin + performance.now();
      const session = createSession({ baseUrl: server.url, now, platform: memoryPlatform() });
      sessions.push(session);
      return session;
    };
    return await run({
      server,
      browser,
      async again(username) {
        const session = open();
        await session.logIn({ username, password: account.password });
        await until(() => session.recovery.get().kind === 'locked', { what: `${username} is there again` });
        return session;
      },
      async person(username) {
        const session = open();
        await session.register({ username, password: account.password });
        await until(() => session.recovery.get().kind === 'not-set-up', { what: `${username} is ready` });
        return session;
      },
    });
  } finally {
    for (const session of sessions) await session.stop();
    await browser.close();
    await server.stop();
  }
}

/** A new browser context, logged in through the form. */
export async function logInto({ browser, server }: Stage, username: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(server.url);
  await page.locator('input[name=username]').fill(username);
  await page.locator('input[name=password]').fill(account.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Chats', exact: true }).waitFor();
  return page;
}

/** Milliseconds in the page from now, when `act` is done there, to the frame in which an element has this text. */
export async function untilSeen(
  page: Page,
  { selector, text, act }: { selector: string; text: string; act: () => Promise<void> },
): Promise<number> {
  await page.evaluate(
    ([which, words]) => {
      const began = () => performance.getEntriesByName('acted')[0]?.startTime;
      addEventListener('pointerdown', () => performance.getEntriesByName('acted')[0] ?? performance.mark('acted'), {
        capture: true,
        once: true,
      });
      const look = () => {
        const start = began();
        const isThere = [...document.querySelectorAll(which)].some((each) => each.textContent.includes(words));
        if (start === undefined || !isThere) return requestAnimationFrame(look);
        performance.measure('seen', { start, end: performance.now() });
      };
      performance.clearMarks('acted');
      performance.clearMeasures('seen');
      look();
    },
    [selector, text] as const,
  );
  await act();
  await page.waitForFunction(() => performance.getEntriesByName('seen').length > 0, undefined, { polling: 'raf' });
  return page.evaluate(() => performance.getEntriesByName('seen')[0]?.duration ?? 0);
}

/** Notes each task of more than 50 ms from now on; the second call gives the longest, in milliseconds, and how many. */
export async function watchLongTasks(page: Page): Promise<() => Promise<{ longestMs: number; count: number }>> {
  await page.evaluate(() => {
    const found: number[] = [];
    Object.assign(window, { longTasks: found });
    new PerformanceObserver((list) => found.push(...list.getEntries().map(({ duration }) => duration))).observe({
      type: 'longtask',
    });
  });
  return () =>
    page.evaluate(() => {
      const { longTasks } = window as unknown as { longTasks: number[] };
      return { longestMs: Math.max(0, ...longTasks), count: longTasks.length };
    });
}

/** The second call gives the processor time that all processes of the browser have spent since, in milliseconds. */
export async function watchProcessors(browser: Browser): Promise<() => Promise<number>> {
  const session = await browser.newBrowserCDPSession();
  const spentMs = async () => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime * 1000, 0);
  };
  const before = await spentMs();
  return async () => (await spentMs()) - before;
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] as number;

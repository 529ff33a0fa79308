import { launchBrowser, registerUser, startServer, type TestServer } from '@sotto/testing';
import type { Page } from 'playwright-core';
import { ensureWebBuilt } from '../tools/build-web.ts';
import type { Bench, Figure } from './bench.ts';

const rounds = 5;

export const webOpen: Bench = {
  name: 'web-open',
  sentence: `opening the web app on localhost with an empty cache, and logging in; median of ${rounds} browsers`,
  async run() {
    const { state, output } = ensureWebBuilt();
    if (state === 'failed') throw new Error(output);
    // The password hash of the default configuration: it is part of what one waits for.
    const server = await startServer({ config: { passwordHash: { memoryKiB: 19456, iterations: 2 } } });
    try {
      const person = await registerUser(server, 'ada');
      for (const name of ['Garden', 'Kitchen', 'Harbour']) await person.call('POST', '/v3/createRoom', { name });
      const opened: Opened[] = [];
      for (let round = 0; round < rounds; round++) opened.push(await openInNewBrowser(server, person.password));
      return figuresOf(opened);
    } finally {
      await server.stop();
    }
  },
};

interface Opened {
  formMs: number;
  listMs: number;
  scriptBytesToForm: number;
  codeBytesToList: number;
}

function figuresOf(opened: readonly Opened[]): Figure[] {
  const median = (key: keyof Opened) => opened.map((one) => one[key]).sort((a, b) => a - b)[rounds >> 1] as number;
  return [
    { name: 'cold to login form', value: median('formMs') / 1000, unit: 's', goal: { most: 0.5 } },
    { name: 'login to list of rooms', value: median('listMs') / 1000, unit: 's', goal: { most: 0.6 } },
    {
      name: 'JavaScript fetched up to the form',
      value: median('scriptBytesToForm') / 1e3,
      unit: 'kB',
      goal: { most: 250 },
    },
    { name: 'code fetched up to the list', value: median('codeBytesToList') / 1e6, unit: 'MB', goal: { most: 1.8 } },
  ];
}

/** A browser of its own each time: nothing cached, nothing compiled. */
async function openInNewBrowser(server: TestServer, password: string): Promise<Opened> {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    const fetched = await watchFetches(page);
    const began = performance.now();
    await page.goto(server.url, { waitUntil: 'commit' });
    await seen(page, 'input[name=username]');
    const formMs = performance.now() - began;
    const scriptBytesToForm = fetched(/javascript/);
    await page.locator('input[name=username]').pressSequentially('ada', { delay: 80 });
    await page.locator('input[name=password]').pressSequentially(password, { delay: 80 });
    const pressed = performance.now();
    await page.keyboard.press('Enter');
    await seen(page, 'nav a', 'Harbour');
    return {
      formMs,
      listMs: performance.now() - pressed,
      scriptBytesToForm,
      codeBytesToList: fetched(/javascript|css|html|wasm/),
    };
  } finally {
    await browser.close();
  }
}

/** Resolves in the frame that shows it. A selector alone is asked for with pauses of up to half a second. */
async function seen(page: Page, selector: string, text = ''): Promise<void> {
  await page.waitForFunction(
    ([which, words]) =>
      [...document.querySelectorAll(which)].some(
        (element) => element.textContent.includes(words) && element.checkVisibility({ contentVisibilityAuto: true }),
      ),
    [selector, text] as const,
    { polling: 'raf' },
  );
}

/** Bytes on the wire so far, of answers whose type fits. */
async function watchFetches(page: Page): Promise<(type: RegExp) => number> {
  const network = await page.context().newCDPSession(page);
  const types = new Map<string, string>();
  const bytes = new Map<string, number>();
  await network.send('Network.enable');
  network.on('Network.responseReceived', ({ requestId, response }) => types.set(requestId, response.mimeType));
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => bytes.set(requestId, encodedDataLength));
  return (type) => {
    const fitting = [...bytes].filter(([requestId]) => type.test(types.get(requestId) ?? ''));
    return fitting.reduce((sum, [, size]) => sum + size, 0);
  };
}

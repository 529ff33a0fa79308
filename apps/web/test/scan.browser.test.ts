/**
 * Verifying by QR code on the real server, through a camera: Chromium's scripted one sees a picture
 * of the other screen.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { launchBrowser, startServer, type TestServer } from '@sotto/testing';
import { drawCode } from '@sotto/ui/code/code.ts';
import type { Browser, Page } from 'playwright-core';
import { choose, t } from './look.ts';
import { acceptInvitation, makeInviteLink, makeRoom, openVisitor, registerByLink, type Visitor } from './person.ts';
import {
  arrive,
  askedBy,
  cardOf,
  dialogOf,
  heading,
  openCard,
  press,
  pressOnPage,
  saveRecoveryKey,
  startJourney,
} from './trust-steps.ts';

const step = startJourney(() => browser);
const folder = mkdtempSync(join(tmpdir(), 'sotto-camera-'));
/** What the camera sees: a film of one picture, opened anew whenever the camera is. */
const film = join(folder, 'film.mjpeg');

let server: TestServer;
let browser: Browser;
let withCamera: Browser;
let ada: Visitor;
let ben: Visitor;

before(async () => {
  server = await startServer({ config: { 'registration.mode': 'invite' } });
  writeFileSync(film, '');
  browser = await launchBrowser();
  withCamera = await launchBrowser([
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-video-capture=${film}`,
  ]);
  ada = await openVisitor(browser);
  ben = await openVisitor(withCamera);
});
after(async () => {
  await browser?.close();
  await withCamera?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Holds the code that stands on the screen of a page in front of the camera. */
async function pointCameraAt(page: Page): Promise<void> {
  const shown = (await codeOf(page).screenshot()).toString('base64');
  writeFileSync(film, await pictureOf(`<img src="data:image/png;base64,${shown}" height="400">`));
}

const account = { username: 'ada', password: 'seven small onions' };
const verifyBen = () => choose(cardOf(ada.page, 'ben').getByRole('button', { name: t.trust.verify, exact: true }));
const codeOf = (page: Page) => dialogOf(page).getByRole('img', { name: t.verification.codeLabel });

step('two people are in a room', async () => {
  await registerByLink(ada.page, `${server.url}/#/invite/${await server.firstRunToken()}`, account);
  await makeRoom(ada.page, 'Orchard');
  const link = await makeInviteLink(ada.page);
  await registerByLink(ben.page, link, { username: 'ben', password: 'eight small onions' });
  await acceptInvitation(ben.page, 'Orchard');
  await openCard(ada.page, 'ben');
});

/** Ada has asked: Ben accepts, and both see their code. */
async function acceptAndSeeCodes(): Promise<void> {
  await choose(askedBy(ben.page, 'ada').getByRole('button', { name: t.verification.accept }));
  for (const { page } of [ada, ben]) await codeOf(page).waitFor();
}

step('one asks, the other accepts, and both see their code', async () => {
  await verifyBen();
  await acceptAndSeeCodes();
});

step('a code of another request ends it, and both are told', async () => {
  await pointCameraAt(ada.page);
  await press(ada.page, t.app.cancel);
  await ben.page.getByText(t.verification.ended.declined).waitFor();
  await press(ben.page, t.app.close);
  await verifyBen();
  await acceptAndSeeCodes();
  await press(ben.page, t.verification.scan);
  await ben.page.getByText(t.verification.ended['wrong-code']).waitFor();
  await press(ben.page, t.app.close);
  await heading(ada.page, t.verification.endedTitle('ben')).waitFor();
  await press(ada.page, t.verification.again);
  await acceptAndSeeCodes();
});

step('a code for something else is told, and changes nothing', async () => {
  writeFileSync(film, await pictureOf(await strangeCode()));
  await press(ben.page, t.verification.scan);
  await ben.page.getByText(t.problems['unreadable-code']).waitFor();
  await press(ben.page, t.app.back);
  await codeOf(ben.page).waitFor();
});

step('one scans the code of the other, who confirms, and both are verified', async () => {
  await pointCameraAt(ada.page);
  await press(ben.page, t.verification.scan);
  await ben.page.getByText(t.verification.scanDone('ada')).waitFor();
  await press(ada.page, t.verification.scannedYes);
  await heading(ada.page, t.verification.doneTitle('ben')).waitFor();
  await heading(ben.page, t.verification.doneTitle('ada')).waitFor();
  for (const { page } of [ada, ben]) await press(page, t.verification.done);
});

step('a new session of one’s own scans the code of the other one', async () => {
  await saveRecoveryKey(ada.page);
  const phone = await arrive(withCamera, server, account);
  await pressOnPage(phone.page, t.recovery.otherDevice);
  const asked = ada.page.getByRole('alert').filter({ hasText: t.verification.askSession });
  await choose(asked.getByRole('button', { name: t.verification.accept }));
  await codeOf(ada.page).waitFor();
  await pointCameraAt(ada.page);
  await press(phone.page, t.verification.scan);
  await phone.page.getByText(t.verification.scanDoneOwn).waitFor();
  await press(ada.page, t.verification.scannedYes);
  for (const { page } of [ada, phone]) {
    await heading(page, t.verification.doneOwnTitle).waitFor();
    await press(page, t.verification.done);
  }
  assert.deepEqual(phone.complaints, []);
});

step('nobody’s console complained', async () => {
  assert.deepEqual([...ada.complaints, ...ben.complaints], []);
});

/** A code for something else. */
async function strangeCode(): Promise<string> {
  const { size, path } = await drawCode(new TextEncoder().encode('https://example.org'));
  return `<svg viewBox="0 0 ${size} ${size}" width="400"><path d="${path}"/></svg>`;
}

/** What stands on a white page, as a camera sees it. */
async function pictureOf(html: string): Promise<Buffer> {
  const page = await browser.newPage({ viewport: { width: 640, height: 480 } });
  await page.setContent(html);
  const picture = await page.screenshot({ type: 'jpeg', quality: 90 });
  await page.close();
  return picture;
}

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
import { acceptInvitation, makeInviteLink, makeRoom, openVisitor, registerByLink, type Visitor } from './person.ts';
import { dialogOf, openCard, press, startJourney } from './trust-steps.ts';

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

/** Holds the screen of a page in front of the camera. */
async function pointCameraAt(page: Page): Promise<void> {
  await page.setViewportSize({ width: 640, height: 480 });
  writeFileSync(film, await page.screenshot({ type: 'jpeg', quality: 90 }));
  await page.setViewportSize({ width: 1280, height: 800 });
}

step('two people are in a room', async () => {
  const token = await server.firstRunToken();
  await registerByLink(ada.page, `${server.url}/#/invite/${token}`, {
    username: 'ada',
    password: 'seven small onions',
  });
  await makeRoom(ada.page, 'Orchard');
  const link = await makeInviteLink(ada.page);
  await registerByLink(ben.page, link, { username: 'ben', password: 'eight small onions' });
  await acceptInvitation(ben.page, 'Orchard');
  await openCard(ada.page, 'ben');
});

/** Ada has asked: Ben accepts, and both see their code. */
async function acceptAndSeeCodes(): Promise<void> {
  const asked = ben.page.getByRole('alert').filter({ hasText: 'ada wants to verify with you' });
  await asked.getByRole('button', { name: 'Verify' }).click();
  for (const { page } of [ada, ben]) await dialogOf(page).getByRole('img', { name: 'Your code' }).waitFor();
}

step('one asks, the other accepts, and both see their code', async () => {
  await ada.page.getByRole('complementary').getByRole('button', { name: 'Verify', exact: true }).click();
  await acceptAndSeeCodes();
});

step('a code of another request ends it, and both are told', async () => {
  await pointCameraAt(ada.page);
  await press(ada.page, 'Cancel');
  await ben.page.getByText('It was declined or stopped.').waitFor();
  await press(ben.page, 'Close');
  await ada.page.getByRole('complementary').getByRole('button', { name: 'Verify', exact: true }).click();
  await acceptAndSeeCodes();
  await press(ben.page, 'Scan a code');
  await ben.page.getByText('The code that you scanned belongs to somebody else.').waitFor();
  await press(ben.page, 'Close');
  await ada.page.getByRole('heading', { name: 'ben was not verified' }).waitFor();
  await press(ada.page, 'Try again');
  await acceptAndSeeCodes();
});

step('a code for something else is told, and changes nothing', async () => {
  writeFileSync(film, await pictureOf('https://example.org'));
  await press(ben.page, 'Scan a code');
  await ben.page.getByText('This is no code for verifying').waitFor();
  await press(ben.page, 'Back');
  await dialogOf(ben.page).getByRole('img', { name: 'Your code' }).waitFor();
});

step('one scans the code of the other, who confirms, and both are verified', async () => {
  await pointCameraAt(ada.page);
  await press(ben.page, 'Scan a code');
  await ben.page.getByText('The code is right. Now ada has to confirm it.').waitFor();
  await press(ada.page, 'Yes, it does');
  await ada.page.getByRole('heading', { name: 'ben is verified' }).waitFor();
  await ben.page.getByRole('heading', { name: 'ada is verified' }).waitFor();
  for (const { page } of [ada, ben]) await press(page, 'Done');
});

step('nobody’s console complained', async () => {
  assert.deepEqual([...ada.complaints, ...ben.complaints], []);
});

/** A code on a white page, as a camera sees it. */
async function pictureOf(text: string): Promise<Buffer> {
  const { size, path } = await drawCode(new TextEncoder().encode(text));
  const page = await browser.newPage({ viewport: { width: 640, height: 480 } });
  await page.setContent(`<svg viewBox="0 0 ${size} ${size}" width="400"><path d="${path}"/></svg>`);
  const picture = await page.screenshot({ type: 'jpeg', quality: 90 });
  await page.close();
  return picture;
}

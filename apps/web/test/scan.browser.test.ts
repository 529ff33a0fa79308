/**
 * Verifying by QR code on the real server, through a camera: Chromium's scripted one sees a picture
 * of the other screen.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { launchBrowser } from '@sotto/testing';
import { drawCode } from '@sotto/ui/code/code.ts';
import type { Page } from 'playwright-core';
import { startJourney } from './journey.ts';
import { choose, t } from './look.ts';
import { acceptInvitation, makeInviteLink, makeRoom, registerByLink } from './person.ts';
import {
  accept,
  askedBy,
  askedByOwn,
  cardOf,
  dialogOf,
  heading,
  openCard,
  press,
  pressOnPage,
  readVerified,
  saveRecoveryKey,
} from './trust-steps.ts';

const { server, browser, openVisitor, arrive, step, nobodyComplained, atTheEnd } = await startJourney({
  config: { 'registration.mode': 'invite' },
});
const folder = mkdtempSync(join(tmpdir(), 'sotto-camera-'));
/** What the camera sees: a film of one picture, opened anew whenever the camera is. */
const film = join(folder, 'film.mjpeg');

writeFileSync(film, '');
after(() => rmSync(folder, { recursive: true, force: true }));
const withCamera = await launchBrowser([
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  `--use-file-for-fake-video-capture=${film}`,
]);
atTheEnd(() => withCamera.close());
const ada = await openVisitor();
const ben = await openVisitor(withCamera);

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
  await accept(askedBy(ben.page, 'ada'));
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
  await readVerified([ada.page, t.verification.doneTitle('ben')], [ben.page, t.verification.doneTitle('ada')]);
});

step('a new session of one’s own scans the code of the other one', async () => {
  await saveRecoveryKey(ada.page);
  const phone = await arrive(account, withCamera);
  await pressOnPage(phone.page, t.recovery.otherDevice);
  await accept(askedByOwn(ada.page));
  await codeOf(ada.page).waitFor();
  await pointCameraAt(ada.page);
  await press(phone.page, t.verification.scan);
  await phone.page.getByText(t.verification.scanDoneOwn).waitFor();
  await press(ada.page, t.verification.scannedYes);
  await readVerified([ada.page, t.verification.doneOwnTitle], [phone.page, t.verification.doneOwnTitle]);
});

nobodyComplained();

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

/**
 * Recovery, verification and trust without a mouse: each dialog is opened, gone through and left by keys, and the focus comes
 * back to where it was.
 */
import { test } from 'node:test';
import type { SceneName } from '../src/dev/scenes.ts';
import { visitGallery } from './gallery.ts';
import { createKeyboard } from './keys.ts';

const { gallery, newPage } = await visitGallery();
const page = await newPage();
const { keys, focusIs, focusIsVisible, tabTo } = createKeyboard(page);

/** A scene as it is before anything is pressed, once what carries this name is there. */
async function open(scene: SceneName, heading: string): Promise<void> {
  await page.goto(gallery.scene(scene));
  await seen(heading);
}
const seen = (heading: string) => page.getByRole('heading', { name: heading, exact: true }).first().waitFor();
const closed = () => page.locator('dialog[open]').waitFor({ state: 'detached' });

/** Reaches a button, sees that it has the focus, and presses it. */
async function choose(name: RegExp, most?: number): Promise<void> {
  await tabTo(name, most);
  await focusIsVisible();
  await keys('Enter');
}

test('a recovery key is chosen, read, and typed back; Escape leaves and gives the focus back', async () => {
  await open('save-choose', 'Night shift');
  await choose(/^Save it now$/);
  await seen('How do you want to keep your messages?');
  await keys('Escape');
  await closed();
  await focusIs(/^Save it now$/);
  await keys('Enter');
  await choose(/^Continue$/, 6);
  await seen('Save your recovery key');
  await choose(/^I have saved it$/, 6);
  await seen('Enter it once to be sure');
  await page.keyboard.type('wrong');
  await keys('Enter');
  await page.getByText('This is not the key you were shown.').waitFor();
  await focusIs(/^Recovery key/);
  await keys('Control+a');
  await page.keyboard.type('EsTv');
  await keys('Enter');
  await seen('Your messages are safe');
  await choose(/^Done$/, 3);
  await closed();
  await focusIs(/^Message Night shift/);
});

test('on a new device: a wrong key, the right one, and all keys', async () => {
  await open('locked', 'Chats');
  await choose(/^Enter it$/);
  await focusIs(/^Recovery key or encryption password/);
  await page.keyboard.type('wrong');
  await keys('Enter');
  await page.getByText('This doesn’t open your messages').waitFor();
  await keys('Control+a');
  await page.keyboard.type('right');
  await keys('Enter');
  await seen('This device is ready');
  await focusIs(/^Done$/);
  await keys('Shift+Tab');
  await focusIs(/^Fetch all keys now$/);
  await keys('Enter');
  await page.getByText('9,120 keys on this device.').waitFor();
  await focusIs(/^Done$/);
  await keys('Enter');
  await closed();
  await focusIs(/^Find/);
});

test('a question to verify is answered, emoji compared, and the end read', async () => {
  await open('verify-incoming', 'Night shift');
  await choose(/^Verify$/, 40);
  await seen('Verify Elif Aydın');
  await focusIs(/^Compare emoji$/);
  await keys('Enter');
  await seen('Does Elif Aydın see the same?');
  await focusIs(/^Emoji to compare$/);
  await focusIsVisible();
  await keys('Enter');
  await choose(/^Compare numbers instead$/, 4);
  await choose(/^They match$/, 4);
  await seen('Elif Aydın is verified');
  await focusIs(/^Done$/);
  await keys('Enter');
  await closed();
  await focusIs(/^Message Night shift/);
});

test('a code is looked for with the camera, and where there is none, one goes back to the emoji', async () => {
  await open('scan-refused', 'Verify Elif Aydın');
  await choose(/^Scan a code$/, 5);
  await page.getByText('Sotto may not use the camera.').waitFor();
  await focusIs(/^Back$/);
  await choose(/^Try again$/, 3);
  await page.getByText('Sotto may not use the camera.').waitFor();
  await choose(/^Back$/, 5);
  await seen('Verify Elif Aydın');
  await focusIs(/^Compare emoji$/);
});

test('one’s own sessions: rename, compare by hand, sign out', async () => {
  await open('settings', 'Settings');
  await choose(/^More for An old tablet$/, 60);
  await focusIs(/^Rename$/);
  await keys('ArrowDown');
  await focusIs(/^Compare by hand$/);
  await keys('Enter');
  await seen('Compare by hand');
  await focusIs(/^Cancel$/);
  await keys('Escape');
  await closed();
  await focusIs(/^More for An old tablet$/);
  await keys('Enter', 'End', 'Enter');
  await focusIs(/^Your account password/);
  await page.keyboard.type('wrong');
  await keys('Enter');
  await page.getByText('This is not your account password.').waitFor();
  await keys('Escape');
  await closed();
  await focusIs(/^More for An old tablet$/);
});

test('a changed identity is decided on where one would write', async () => {
  await open('blocked', 'Night shift');
  await choose(/^Write without verifying$/, 40);
  await open('blocked', 'Night shift');
  await choose(/^Verify again$/, 40);
  await seen('Waiting for Mira Hoffmann');
  await focusIs(/^Cancel$/);
  await keys('Enter');
  await closed();
});

test('a new identity is accepted on the person’s card, and the focus stays in the panel and goes back to the person', async () => {
  await open('blocked-new-identity', 'Night shift');
  await choose(/^Accept the new identity$/, 40);
  await open('person-new-identity', 'People 5');
  await choose(/^Jonas Weber@/, 60);
  await focusIs(/^Back to people$/);
  await choose(/^Accept the new identity$/, 6);
  await focusIs(/^Back to people$/);
  await keys('Enter');
  await seen('People 5');
  await focusIs(/^Jonas Weber@/);
  await focusIsVisible();
});

test('a password of one’s own is written at once, and one that is refused has the focus back', async () => {
  await open('save-choose', 'Night shift');
  await choose(/^Save it now$/);
  await seen('How do you want to keep your messages?');
  await keys('Shift+Tab', 'Shift+Tab', 'ArrowDown');
  await choose(/^Continue$/, 4);
  await seen('Your encryption password');
  await focusIs(/^Continue$/);
  await keys('Shift+Tab', 'Shift+Tab');
  await focusIs(/^Use a password of my own$/);
  await keys('Enter');
  await focusIs(/^Encryption password/);
  await page.keyboard.type('wrong as the one of the account');
  await page.getByText('Strength: Very strong').waitFor();
  await choose(/^Continue$/, 6);
  await page.getByText('This is your account password').waitFor();
  await focusIs(/^Encryption password/);
});

test('a login is answered for, and the log-out asks before it takes anything', async () => {
  await open('new-login', 'Chats');
  await choose(/^Yes, it was me$/);
  await focusIs(/^Find/);
  await open('log-out-unsaved', 'Settings');
  await choose(/^Log out$/, 80);
  await seen('Log out of this device?');
  await focusIs(/^Stay logged in$/);
  await focusIsVisible();
  await page.getByText('Messages whose keys are not saved yet').waitFor();
  await choose(/^Back up first$/, 3);
  await keys('Escape');
  await closed();
  await focusIs(/^Log out$/);
});

test('a room’s encryption is turned on, and gone on without, only past a question', async () => {
  await open('turn-on', 'Announcements');
  await choose(/^More$/, 30);
  await keys('ArrowDown', 'Enter');
  await seen('Security and privacy');
  await choose(/^End-to-end encrypted/, 3);
  await seen('Turn on encryption?');
  await focusIs(/^Cancel$/);
  await keys('Escape');
  await seen('Security and privacy');
  await keys('Escape');
  await closed();
  await focusIs(/^More$/);
  await open('continue', 'Night shift');
  await choose(/^More$/, 30);
  await keys('ArrowDown', 'Enter');
  await choose(/^End-to-end encrypted/, 3);
  await seen('Go on without encryption?');
  await focusIs(/^Cancel$/);
  await choose(/^Make the unencrypted room$/, 3);
  await closed();
});

test('a reset is told first, and needs the account password', async () => {
  await open('settings', 'Settings');
  await choose(/^Reset digital identity$/, 60);
  await seen('Reset your digital identity');
  await focusIs(/^Cancel$/);
  await tabTo(/^Your account password/, 5);
  await page.keyboard.type('wrong');
  await keys('Enter');
  await page.getByText('This is not your account password.').waitFor();
  await keys('Escape');
  await closed();
  await focusIs(/^Reset digital identity$/);
});

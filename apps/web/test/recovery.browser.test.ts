/**
 * Keys that are never lost, on the real server (features B2–B8, B10, B11): an encryption password beside the recovery key,
 * checked and changed; a key file to another app and back; what logging out and a reset cost, said before; what was written
 * while one was logged in nowhere.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { makeKeyFile, type PlainClient, plainLogIn, readKeyFile } from '@sotto/client/test/plain-client.ts';
import { until } from '@sotto/testing';
import type { Page } from 'playwright-core';
import { startJourney } from './journey.ts';
import { choose, enter, t } from './look.ts';
import { meetIn, messageOf, openChat, type Person, say } from './person.ts';
import {
  dialogOf,
  giveAccountPassword,
  giveKeyFile,
  gone,
  heading,
  openSettings,
  press,
  pressOnPage,
  shownKey,
  tryToOpen,
  typeBack,
  unlock,
} from './trust-steps.ts';

const { server, newPerson, arrive, step, picture, nobodyComplained, atTheEnd } = await startJourney();
const room = 'Orchard';
const words = 'a horse reads seven newspapers';

let ada: Person;
let ben: Person;
let plain: PlainClient | undefined;
let oldKey = '';
let newKey = '';
let keyFile = '';
/** What Ada's first page sent to the server. */
const sent: string[] = [];

step('two people talk', async () => {
  ada = await newPerson('ada');
  ada.page.on('request', (request) => sent.push(`${request.url()} ${request.postData()}`));
  ben = await newPerson('ben');
  await meetIn(room, { host: ada, guest: ben });
  await say('The plums are ripe', { from: ben, to: ada });
});

const said = (page: Page, text: string) => dialogOf(page).getByText(text).waitFor();

step('logging out before anything is saved says what is lost, and leads to saving it', async () => {
  const { page } = ada;
  await openSettings(page);
  await pressOnPage(page, t.settings.logOut);
  await said(page, t.recovery.logOutNoRecovery);
  await picture(page, 'log-out-unsaved');
  await press(page, t.recovery.logOutSaveFirst);
  await heading(page, t.recovery.chooseTitle).waitFor();
});

step('a password of one’s own is weighed, and refused when it is the one of the account', async () => {
  const { page } = ada;
  await choose(page.getByRole('radio', { name: new RegExp(`^${t.recovery.both}`) }));
  await press(page, t.recovery.next);
  await dialogOf(page).getByRole('list', { name: t.recovery.password }).getByRole('listitem').nth(6).waitFor();
  await picture(page, 'password-words');
  await press(page, t.recovery.useOwn);
  const field = dialogOf(page).getByLabel(t.recovery.password);
  await enter(field, 'password1');
  await said(page, t.recovery.strengths[1] ?? '');
  assert.equal(await dialogOf(page).getByRole('button', { name: t.recovery.next }).isDisabled(), true);
  await enter(field, ada.password);
  await press(page, t.recovery.next);
  await said(page, t.problems['same-as-account']);
  await picture(page, 'password-of-account');
  await enter(field, words);
  await press(page, t.recovery.next);
  oldKey = await shownKey(page);
  await picture(page, 'save-both');
});

step('left for later, the banner stays and shows it again; it goes once what was saved is typed back', async () => {
  const { page } = ada;
  await press(page, t.recovery.later);
  await pressOnPage(page, t.recovery.bannerSave);
  assert.equal(await shownKey(page), oldKey);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await press(page, t.recovery.copy);
  await said(page, t.recovery.copied);
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), oldKey);
  const download = page.waitForEvent('download');
  await press(page, t.recovery.download);
  assert.ok(readFileSync(await (await download).path(), 'utf8').includes(oldKey), 'the file has it');
  await press(page, t.recovery.saved);
  await enter(dialogOf(page).getByRole('textbox'), 'not what was shown');
  await press(page, t.recovery.next);
  await said(page, t.recovery.wrongTyped);
  await press(page, t.recovery.showAgain);
  await typeBack(page, oldKey);
  await gone(page.getByRole('button', { name: t.recovery.bannerSave }));
});

step('what was saved is checked, and nothing is changed by it', async () => {
  const { page } = ada;
  await page.getByText(t.recovery.waysBoth).waitFor();
  await pressOnPage(page, t.recovery.check);
  const field = dialogOf(page).getByLabel(t.recovery.either);
  await enter(field, 'not what I saved');
  await press(page, t.recovery.checkNow);
  await said(page, t.recovery.unlockWrong);
  await picture(page, 'check-wrong');
  for (const secret of [oldKey, words]) {
    await enter(field, secret);
    await press(page, t.recovery.checkNow);
    await said(page, t.recovery.checkRight);
  }
  await picture(page, 'check-right');
  await page.keyboard.press('Escape');
});

step('changed, the old key opens nothing on a new device, and the new one everything', async () => {
  await pressOnPage(ada.page, t.recovery.change);
  await said(ada.page, t.recovery.changeText);
  await press(ada.page, t.recovery.next);
  newKey = await shownKey(ada.page);
  assert.notEqual(newKey, oldKey);
  await press(ada.page, t.recovery.saved);
  await enter(dialogOf(ada.page).getByRole('textbox'), `${newKey.slice(0, -1)}!`);
  await press(ada.page, t.recovery.next);
  await said(ada.page, t.recovery.wrongGroup(12));
  await press(ada.page, t.recovery.showAgain);
  await typeBack(ada.page, newKey);
  await ada.page.getByText(t.recovery.backupSaved).waitFor();

  const { page } = await arrive(ada);
  await pressOnPage(page, t.recovery.enter);
  for (const old of [oldKey, words]) {
    await tryToOpen(page, old);
    await said(page, t.recovery.unlockWrong);
  }
  await tryToOpen(page, newKey);
  await heading(page, t.recovery.unlockedTitle).waitFor();
  await press(page, t.recovery.restoreAll);
  await said(page, t.recovery.restored(1));
  await picture(page, 'all-keys-fetched');
  await press(page, t.recovery.done);
  await openChat(page, room);
  await messageOf(page, 'The plums are ripe').waitFor();
  await page.context().close();
});

step('words alone, as they were suggested, open everything on a new device', async () => {
  const { page } = ben;
  const wordsOf = async () => {
    const items = dialogOf(page).getByRole('list', { name: t.recovery.password }).getByRole('listitem');
    await items.nth(6).waitFor();
    return (await items.allInnerTexts()).join(' ');
  };
  await pressOnPage(page, t.recovery.bannerSave);
  await choose(page.getByRole('radio', { name: new RegExp(`^${t.recovery.password}`) }));
  await press(page, t.recovery.next);
  const first = await wordsOf();
  await press(page, t.recovery.otherWords);
  const suggested = await until(async () => (await wordsOf()) !== first && wordsOf(), { what: 'other words' });
  await press(page, t.recovery.next);
  await heading(page, t.recovery.saveTitlePassword).waitFor();
  assert.equal(await wordsOf(), suggested);
  await typeBack(page, suggested);
  const phone = await arrive(ben);
  await phone.page.getByText(t.recovery.bannerLockedPassword).waitFor();
  await unlock(phone.page, suggested);
  await openChat(phone.page, room);
  await messageOf(phone.page, 'The plums are ripe').waitFor();
  await phone.page.context().close();
});

step('a key file of the app is read by a plain client in Node', async () => {
  const { page } = ada;
  const { filePassword, filePasswordAgain } = t.recovery;
  await pressOnPage(page, t.recovery.export);
  await enter(dialogOf(page).getByLabel(filePassword), 'short');
  await press(page, t.recovery.export);
  await said(page, t.recovery.filePasswordShort);
  await enter(dialogOf(page).getByLabel(filePassword), 'password of a file');
  await enter(dialogOf(page).getByLabel(filePasswordAgain), 'password of a file');
  const download = page.waitForEvent('download');
  await press(page, t.recovery.export);
  keyFile = readFileSync(await (await download).path(), 'utf8');
  await said(page, t.recovery.exported);
  await picture(page, 'key-file-made');
  await press(page, t.recovery.done);
  assert.match(keyFile, /^-----BEGIN MEGOLM SESSION DATA-----\n/);
  plain = await plainLogIn(server, { name: ada.username, password: ada.password });
  atTheEnd(plain.stop);
  await plain.crypto.importRoomKeysAsJson(readKeyFile(keyFile, 'password of a file'));
  await until(() => plain?.textsOf(room).includes('The plums are ripe'), { what: 'the plain client reads' });
});

step('a wrong password or half a file says so; a file of the plain client opens what was said', async () => {
  const theirs = makeKeyFile((await plain?.crypto.exportRoomKeysAsJson()) ?? '', 'password of theirs');
  const { page } = await arrive(ada);
  await openChat(page, room);
  await page.getByText(t.sealed.locked('ben')).first().waitFor();
  await picture(page, 'closed-until-unlocked');
  await openSettings(page);
  assert.equal(await page.getByRole('button', { name: t.recovery.change }).count(), 0, 'nothing to change from here');
  await pressOnPage(page, t.recovery.import);
  const give = (text: string, password: string) => giveKeyFile(page, { text, password });
  await give(theirs, 'another');
  await said(page, t.recovery.fileWrong);
  for (const bad of [theirs.slice(0, theirs.length / 2), 'A shopping list\nplums\n', '']) {
    await give(bad, 'password of theirs');
    await said(page, t.problems['key-file']);
  }
  await picture(page, 'key-file-cut');
  await give(theirs, 'password of theirs');
  await said(page, t.recovery.imported(1));
  await press(page, t.recovery.done);
  await openChat(page, room);
  await messageOf(page, 'The plums are ripe').waitFor();
  await page.context().close();
});

step('what isn’t saved yet is told before it is lost, and saved first', async () => {
  const { page } = ada;
  await page.route('**/room_keys/keys*', (route) => route.abort());
  await openChat(page, room);
  await say('Its key is here alone', { from: ada, to: ben });
  await openSettings(page);
  await pressOnPage(page, t.settings.logOut);
  await said(page, t.recovery.logOutUnsaved(1));
  await picture(page, 'log-out-unsaved-key');
  await page.unrouteAll({ behavior: 'wait' });
  await press(page, t.recovery.logOutSaveFirst);
  await said(page, t.recovery.logOutKept);
  await press(page, t.settings.logOutStay);
});

step('logging out with everything saved says that it is kept, and it is', async () => {
  const { page } = ada;
  await pressOnPage(page, t.settings.logOut);
  await said(page, t.recovery.logOutKept);
  await picture(page, 'log-out-saved');
  await press(page, t.settings.logOut);
  await heading(page, t.login.title).waitFor();
});

step('the server saw none of the secrets', () => {
  assert.ok(
    sent.some((request) => request.includes('m.secret_storage.key.')),
    'the search finds what was sent',
  );
  for (const secret of [oldKey, newKey]
    .flatMap((key) => [key, key.replaceAll(' ', '')])
    .concat(words, 'password of a file'))
    assert.ok(!sent.some((request) => decodeURIComponent(request).includes(secret)), 'a secret was sent');
});

step('what was written while one was logged in nowhere is read after the next login', async () => {
  await say('Nobody was at home', { from: ben, to: ben });
  const { page } = await arrive(ada);
  await unlock(page, newKey);
  await openChat(page, room);
  await messageOf(page, 'Nobody was at home').waitFor();
  await messageOf(page, 'The plums are ripe').waitFor();
  await page.context().close();
});

step('who lost the secret reads what a reset costs, and makes a new identity with the account password', async () => {
  ada = await arrive(ada);
  const { page } = ada;
  await pressOnPage(page, t.recovery.enter);
  await press(page, t.recovery.unlockLost);
  for (const loss of [t.recovery.resetMessages, t.recovery.resetOthers]) await said(page, loss);
  await picture(page, 'reset');
  assert.equal(await dialogOf(page).getByRole('button', { name: t.recovery.resetNow }).isDisabled(), true);
  await giveAccountPassword(page, t.recovery.resetNow, 'not my password');
  await said(page, t.recovery.resetWrong);
  await giveAccountPassword(page, t.recovery.resetNow, ada.password);
  await heading(page, t.recovery.chooseTitle).waitFor();
  await press(page, t.recovery.next);
  const key = await shownKey(page);
  assert.notEqual(key, newKey);
  await typeBack(page, key);
  await openChat(page, room);
  await say('I am back', { from: ada, to: ben });
  await picture(ben.page, 'reset-seen');
});

nobodyComplained();

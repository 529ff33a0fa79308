/**
 * A page that loses the network in the middle of a flow and is loaded anew: a plain sentence says where it stands, and leads to
 * the end (issue "Bad input"). Each distinct request of a flow is the one that fails, once.
 */
import { until } from '@sotto/testing';
import type { Page } from 'playwright-core';
import { startJourney } from './journey.ts';
import { choose, enter, t } from './look.ts';
import { meetIn, messageOf, openChat, type Person, say } from './person.ts';
import {
  accept,
  askedBy,
  cardOf,
  dialogOf,
  gone,
  heading,
  openCard,
  openSettings,
  press,
  pressOnPage,
  shownKey,
  tryToOpen,
  typeBack,
  verifyEachOther,
} from './trust-steps.ts';

const { newPerson, arrive, step } = await startJourney();
const room = 'Quarry';
const text = 'The stone is cut';

let ada: Person;
let ben: Person;
let key = '';

/** Walks until the first request whose path has `part` fails, and loads the page anew with the network back. */
async function cutAt(page: Page, part: string, walk: () => Promise<void>): Promise<void> {
  let isCut = false;
  const isMeant = (url: URL) => decodeURIComponent(url.pathname).includes(part);
  await page.route(isMeant, async (route) => {
    await route.abort('connectionreset');
    isCut = true;
  });
  await walk();
  await until(() => isCut, { what: `${part} is asked for` });
  await page.unrouteAll({ behavior: 'wait' });
  await page.reload();
}

/** Begins a new recovery key in the dialog that comes up behind this button. */
async function makeKey(page: Page, button: string): Promise<void> {
  await pressOnPage(page, button);
  await press(page, t.recovery.next);
}

step('two people talk', async () => {
  ada = await newPerson('ada');
  ben = await newPerson('ben');
  await meetIn(room, { host: ada, guest: ben });
  await say(text, { from: ben, to: ada });
});

step('a set-up counts as none until it is whole, and then asks for what was shown', async () => {
  const { page } = ada;
  const { bannerSetUpText: notSetUp, bannerUnsavedText: unsaved, bannerSave } = t.recovery;
  for (const [part, sentence] of [
    ['/room_keys/version', notSetUp],
    ['/account_data/m.secret_storage.key.', notSetUp],
    ['/account_data/m.megolm_backup.v1', notSetUp],
    ['/account_data/m.secret_storage.default_key', notSetUp],
    ['/dehydrated_device', unsaved],
  ] as const) {
    await cutAt(page, part, () => makeKey(page, bannerSave));
    await page.getByText(sentence).waitFor();
  }
  await pressOnPage(page, bannerSave);
  await dialogOf(page).getByText(t.recovery.confirmAfterReload).waitFor();
  await press(page, t.recovery.makeNew);
  await press(page, t.recovery.next);
  key = await shownKey(page);
  await typeBack(page, key);
  await page.getByText(unsaved).waitFor({ state: 'detached' });
});

step('a change that is cut off leaves what was saved at work', async () => {
  const { page } = ada;
  const { change, stateReady, check, checkNow, checkRight, backupSaved } = t.recovery;
  await openSettings(page);
  for (const part of ['/account_data/m.secret_storage.key.', '/account_data/m.cross_signing.', '.default_key']) {
    await cutAt(page, part, () => makeKey(page, change));
    await page.getByText(stateReady).waitFor();
  }
  await pressOnPage(page, check);
  await enter(dialogOf(page).getByLabel(t.recovery.key), key);
  await press(page, checkNow);
  await dialogOf(page).getByText(checkRight).waitFor();
  await page.keyboard.press('Escape');
  await makeKey(page, change);
  key = await shownKey(page);
  await typeBack(page, key);
  await page.getByText(backupSaved).waitFor();
});

step('an unlock that is cut off asks again, and then opens everything', async () => {
  const { page } = await arrive(ada);
  const { bannerLockedText: locked, enter: enterIt } = t.recovery;
  const unlock = async () => {
    await pressOnPage(page, enterIt);
    await tryToOpen(page, key);
  };
  for (const part of ['/keys/query', '/keys/signatures/upload', '/dehydrated_device']) {
    await page.getByText(locked).first().waitFor();
    await cutAt(page, part, unlock);
  }
  // Signed by then: there is nothing left to be asked for.
  await openChat(page, room);
  await messageOf(page, text).waitFor();
  await gone(page.getByRole('button', { name: enterIt }));
  await page.context().close();
});

step('a comparison that one page lost is over on the other, which says so, and the next one is whole', async () => {
  // The address keeps what was open beside the conversation; opened anew, nothing is.
  const openBen = async () => {
    await openChat(ada.page, room);
    await messageOf(ada.page, text).waitFor();
    await openCard(ada.page, 'ben');
  };
  const verify = async () => {
    await openBen();
    await choose(cardOf(ada.page, 'ben').getByRole('button', { name: t.trust.verify, exact: true }));
  };
  await cutAt(ada.page, '/send', verify);
  await verify();
  await accept(askedBy(ben.page, 'ada'));
  await cutAt(ada.page, '/send', () => press(ada.page, t.verification.startEmoji));
  await heading(ben.page, t.verification.endedTitle('ada')).waitFor();
  await dialogOf(ben.page).getByText(t.verification.ended.declined).waitFor();
  await press(ben.page, t.app.close);
  await openBen();
  await verifyEachOther({ from: ada, to: ben });
});

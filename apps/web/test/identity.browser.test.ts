/**
 * Whom one talks to, on the real server (features B9, C1, C4, C5, C8): shields before and after a verification, an identity
 * that was reset under somebody's eyes, sending that waits for a decision, and rooms for verified people alone.
 */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { startJourney } from './journey.ts';
import { choose, t } from './look.ts';
import {
  bringIn,
  chooseInRoom,
  closePeople,
  composerOf,
  meetIn,
  messageOf,
  openChat,
  type Person,
  rowOf,
  say,
  showChats,
  showConversation,
  write,
} from './person.ts';
import {
  accept,
  askedBy,
  cardOf,
  compareAndEnd,
  compareEmoji,
  dialogOf,
  emojiOf,
  giveAccountPassword,
  gone,
  heading,
  openCard,
  openSettings,
  press,
  pressOnPage,
  saveRecoveryKey,
  signOutOthers,
  toCompare,
  verifyEachOther,
} from './trust-steps.ts';

const { newPerson, arrive, step, picture, nobodyComplained } = await startJourney();
const room = 'Council';

let ada: Person;
let ben: Person;
let cleo: Person;

const { shieldGrey: grey, shieldGreen: green, shieldRed: red } = t.trust;

/** The shield beside the name of the room that is open. */
async function shieldIs(page: Page, name: string): Promise<void> {
  await showConversation(page);
  await page.getByRole('button', { name, exact: true }).waitFor();
}

/** The shield in the list of chats; then the room is open again. */
async function rowShieldIs(page: Page, name: string): Promise<void> {
  await showChats(page);
  await rowOf(page, room).getByRole('img', { name }).waitFor();
  await openChat(page, room);
}

/** Makes a new identity from the settings, with the password of the account. */
async function resetIdentity({ page, password }: Person): Promise<void> {
  await openSettings(page);
  await pressOnPage(page, t.recovery.reset);
  await giveAccountPassword(page, t.recovery.resetNow, password);
  await heading(page, t.recovery.chooseTitle).waitFor();
  await press(page, t.recovery.later);
}

/** Ada has asked Cleo, who accepts; they compare numbers instead of emoji. */
async function compareNumbersAndEnd(): Promise<void> {
  await accept(askedBy(cleo.page, 'ada'));
  await press(ada.page, t.verification.startEmoji);
  const seen = await Promise.all(
    [ada, cleo].map(async ({ page }) => {
      await emojiOf(page);
      await press(page, t.verification.useNumbers);
      return page.getByRole('list', { name: t.verification.numbersList }).getByRole('listitem').allInnerTexts();
    }),
  );
  assert.equal(seen[0]?.length, 3);
  assert.deepEqual(seen[0], seen[1]);
  for (const { page } of [ada, cleo]) await press(page, t.verification.match);
  for (const { page } of [ada, cleo]) await press(page, t.verification.done);
}

step('two people start talking at once, under a grey shield', async () => {
  ada = await newPerson('ada');
  ben = await newPerson('ben');
  await saveRecoveryKey(ada.page);
  await meetIn(room, { host: ada, guest: ben });
  await say('Good morning', { from: ben, to: ada });
  await shieldIs(ada.page, grey);
  const card = await openCard(ada.page, 'ben');
  await card.getByText(t.trust.states.pinned).waitFor();
  await picture(ada.page, 'card-pinned');
});

step('declined, stopped and found to differ: each is said on both sides, and nothing is verified', async () => {
  const card = cardOf(ada.page, 'ben');
  await choose(card.getByRole('button', { name: t.trust.verify, exact: true }));
  const asked = askedBy(ben.page, 'ada');
  await asked.waitFor();
  await picture(ben.page, 'verify-asked');
  await choose(asked.getByRole('button', { name: t.verification.decline }));
  await heading(ada.page, t.verification.endedTitle('ben')).waitFor();
  await press(ada.page, t.verification.again);
  await accept(asked);
  await press(ada.page, t.verification.startEmoji);
  await compareEmoji([ada.page, ben.page], 'noMatch');
  for (const { page } of [ada, ben]) {
    await page.getByText(t.verification.mismatch).waitFor();
    await page.getByText(t.verification.mismatchBetween).waitFor();
    await page.keyboard.press('Escape');
  }
  await card.getByText(t.trust.states.pinned).waitFor();
});

step('verified by emoji, the shield is green in the header and in the list', async () => {
  await verifyEachOther({ from: ada, to: ben });
  await cardOf(ada.page, 'ben').getByText(t.trust.states.verified).waitFor();
  await picture(ada.page, 'card-verified');
  await shieldIs(ada.page, green);
  await rowShieldIs(ada.page, green);
  await openChat(ben.page, room);
  await shieldIs(ben.page, green);
});

step('a verified person who lost everything resets: nothing is sent before that is decided', async () => {
  await ben.page.context().close();
  ben = await arrive(ben);
  await picture(ben.page, 'lost-everything');
  await ben.page.getByText(t.recovery.bannerNotSaved).waitFor();
  const enterIt = ben.page.getByRole('button', { name: t.recovery.enter, exact: true });
  assert.equal(await enterIt.count(), 0, 'nothing was saved to be entered');
  await resetIdentity(ben);
  await ada.page.getByText(t.trust.resetTitle('ben')).first().waitFor();
  await ada.page.getByText(t.trust.resetVerified).first().waitFor();
  await shieldIs(ada.page, red);
  await rowShieldIs(ada.page, red);
  await gone(composerOf(ada.page));
  await picture(ada.page, 'changed-verified');
});

step('what the new identity writes stays closed until then, and opens when the verification is withdrawn', async () => {
  await openChat(ben.page, room);
  await write(ben.page, 'It is me, I lost my phone');
  await ada.page.getByText(t.sealed['identity-changed']('ben')).waitFor();
  await picture(ada.page, 'changed-closed');
  await pressOnPage(ada.page, t.trust.sealed['accept-identity']);
  await cardOf(ada.page, 'ben').getByText(t.trust.resetTitle('ben')).waitFor();
  await closePeople(ada.page);
  await pressOnPage(ada.page, t.trust.withdraw);
  await messageOf(ada.page, 'It is me, I lost my phone').waitFor();
  await say('Then let us verify again', { from: ada, to: ben });
  await shieldIs(ada.page, grey);
});

step('verified anew, an old session that nobody verified keeps the shield red until it is signed out', async () => {
  await openCard(ada.page, 'ben');
  await verifyEachOther({ from: ada, to: ben });
  // The lost phone is still logged in, and nobody has verified it.
  await shieldIs(ada.page, red);
  await openSettings(ben.page);
  await signOutOthers(ben);
  await shieldIs(ada.page, green);
});

step('reset again: verifying again is the other way out', async () => {
  await openSettings(ben.page);
  await pressOnPage(ben.page, t.recovery.reset);
  await dialogOf(ben.page).getByText(t.recovery.resetPeople('ada')).waitFor();
  await press(ben.page, t.app.cancel);
  await resetIdentity(ben);
  await shieldIs(ada.page, red);
  await pressOnPage(ada.page, t.trust.verifyAgain);
  await compareAndEnd({ from: ada, to: ben });
  await shieldIs(ada.page, green);
  await write(ada.page, 'Green again');
  await openChat(ben.page, room);
  await messageOf(ben.page, 'Green again').waitFor();
});

step('somebody who was never verified: a reset asks only for the new identity to be accepted', async () => {
  cleo = await newPerson('cleo');
  await bringIn(cleo, { host: ada, room });
  await shieldIs(ada.page, grey);
  await say('Hello everyone', { from: cleo, to: ada });
  await resetIdentity(cleo);
  await ada.page.getByText(t.trust.resetTitle('cleo')).first().waitFor();
  await ada.page.getByText(t.trust.resetPinned).first().waitFor();
  assert.equal(await ada.page.getByText(t.trust.resetVerified).count(), 0);
  await picture(ada.page, 'changed-pinned');
  await pressOnPage(ada.page, t.trust.accept);
  await write(ada.page, 'Welcome back');
  await openChat(cleo.page, room);
  await messageOf(cleo.page, 'Welcome back').waitFor();
});

step('one of their sessions is compared by hand, under Advanced and past a warning', async () => {
  const card = await openCard(ada.page, 'cleo');
  await choose(card.getByText(t.trust.advanced));
  await choose(card.getByRole('button', { name: t.trust.byHand }));
  await dialogOf(ada.page).getByText(t.trust.byHandWarning).waitFor();
  await openSettings(cleo.page);
  const sessions = cleo.page.getByRole('region', { name: t.sessions.title });
  await choose(sessions.getByRole('button', { name: new RegExp(`^${t.sessions.more('')}`) }));
  await choose(cleo.page.getByRole('menuitem', { name: t.sessions.showFingerprint }));
  const [here, there] = await Promise.all([ada, cleo].map(({ page }) => toCompare(page)));
  assert.deepEqual(here, there);
  await picture(ada.page, 'by-hand');
  await press(ada.page, t.trust.same);
  await card.getByText(t.trust.byHandDone).waitFor();
  await card.getByText(t.trust.states.pinned).waitFor();
  await cleo.page.keyboard.press('Escape');
  await openChat(cleo.page, room);
});

step('a room for verified people alone sends nothing while somebody is not', async () => {
  const { page } = ada;
  const setVerifiedOnly = async () => {
    await chooseInRoom(page, t.roomSecurity.menu);
    await choose(dialogOf(page).getByRole('switch', { name: t.roomSecurity.verifiedOnly }));
    await page.keyboard.press('Escape');
  };
  await setVerifiedOnly();
  await page.getByText(t.trust.unverifiedTitle('cleo')).waitFor();
  await page.getByText(t.trust.unverifiedText).waitFor();
  await gone(composerOf(page));
  await picture(page, 'verified-only');
  await pressOnPage(page, t.trust.allowUnverified);
  await say('To all of you', { from: ada, to: cleo });
  await setVerifiedOnly();
  await pressOnPage(page, t.trust.verify);
  await compareNumbersAndEnd();
  await say('To verified people', { from: ada, to: cleo });
});

nobodyComplained();

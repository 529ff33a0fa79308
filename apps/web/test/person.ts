/** A person at a browser of their own: what they do on the screen, in the words that stand there. */
import type { Browser, Locator, Page } from 'playwright-core';

export interface Visitor {
  page: Page;
  /** What the console and the page complained about, except what a browser says by itself about an answer of 4xx. */
  complaints: string[];
}

/** A fresh browser context at 1280 × 800, in English. The caller closes the browser. */
export async function openVisitor(browser: Browser): Promise<Visitor> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  return { page, complaints };
}

/** Fills the form behind an invite link, and waits for the chats. */
export async function registerByLink(
  page: Page,
  link: string,
  account: { username: string; password: string },
): Promise<void> {
  await page.goto(link);
  await page.getByLabel('Username').fill(account.username);
  await page.getByLabel('Password', { exact: true }).fill(account.password);
  await page.getByRole('button', { name: 'Make account' }).click();
  await page.getByRole('heading', { name: 'Chats', exact: true }).waitFor();
}

/** Logs in through the form, and waits for the chats. */
export async function logIn(page: Page, url: string, account: { username: string; password: string }): Promise<void> {
  await page.goto(url);
  await page.getByLabel('Username').fill(account.username);
  await page.getByLabel('Password', { exact: true }).fill(account.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'Chats', exact: true }).waitFor();
}

/** Makes a room through the dialog and waits until it is open. */
export async function makeRoom(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'New chat' }).click();
  await page.getByRole('menuitem', { name: 'New room' }).click();
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Make room' }).click();
  await page.getByRole('heading', { name, level: 1 }).waitFor();
}

/** Opens "Invite people" of the room that is open. */
export async function openInviteDialog(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Invite people' }).click();
  return page.getByRole('dialog');
}

/** A link for one person, made in the dialog. */
export async function makeInviteLink(page: Page): Promise<string> {
  const dialog = await openInviteDialog(page);
  await dialog.getByRole('button', { name: 'Make a link' }).click();
  const link = await dialog.getByLabel('Invite link').inputValue();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  return link;
}

/** Invites someone by their whole address. */
export async function inviteByAddress(page: Page, userId: string): Promise<void> {
  const dialog = await openInviteDialog(page);
  await dialog.getByRole('combobox').fill(userId);
  await dialog.getByRole('option', { name: userId }).first().click();
  await dialog.getByText('is invited.').waitFor();
  await page.keyboard.press('Escape');
}

/** A row of the list is called by its room, and then by what stands in it. */
export const startsWith = (name: string) => new RegExp(`^${name}\\b`);

/** Opens a chat or an invitation from the list. */
export async function openChat(page: Page, name: string): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Chats' })
    .getByRole('link', { name: startsWith(name) })
    .click();
}

/** The invitation to a room of this name is opened and accepted; waits until one can write. */
export async function acceptInvitation(page: Page, name: string): Promise<void> {
  await openChat(page, name);
  await page.getByRole('button', { name: 'Accept' }).click();
  await composerOf(page).waitFor();
}

export const composerOf = (page: Page) => page.getByRole('textbox', { name: /^Message / });

/** Writes as a person does: types, and presses Enter. */
export async function write(page: Page, text: string): Promise<void> {
  await composerOf(page).fill(text);
  await composerOf(page).press('Enter');
}

/** The message with this text, once it is sent or received. */
export const messageOf = (page: Page, text: string) =>
  page.locator('article[data-delivery=sent]').filter({ hasText: text });

/** A person at a browser of their own: what they do on the screen, in the words that stand there. */
import { patienceMs } from '@sotto/testing';
import type { Browser, Locator, Page } from 'playwright-core';
import { choose, contextOptions, enter, isNarrow, t } from './look.ts';

export interface Visitor {
  page: Page;
  /** What the console and the page complained about, except what a browser says by itself about an answer of 4xx. */
  complaints: string[];
}

/** A fresh browser context in the look that was asked for. The caller closes the browser. */
export async function openVisitor(browser: Browser): Promise<Visitor> {
  const context = await browser.newContext(contextOptions);
  const page = await context.newPage();
  page.setDefaultTimeout(patienceMs);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  return { page, complaints };
}

/** What somebody logs in with. */
export interface Account {
  username: string;
  password: string;
}

/** Somebody at a browser who has an account. */
export interface Person extends Visitor, Account {}

/** Fills the form behind an invite link, and waits for the chats, or for the invitation that it leads to. */
export async function registerByLink(page: Page, link: string, account: Account): Promise<void> {
  await page.goto(link);
  await fillAccount(page, account, t.login.register);
  await chatsOf(page)
    .or(page.getByRole('button', { name: t.invites.accept }))
    .filter({ visible: true })
    .first()
    .waitFor();
}

/** Logs in through the form, and waits for the chats. */
export async function logIn(page: Page, url: string, account: Account): Promise<void> {
  await page.goto(url);
  await fillAccount(page, account, t.login.submit);
  await chatsOf(page).waitFor();
}

/** Fills the form of the way in that is open, and presses its button. */
export async function fillAccount(page: Page, { username, password }: Account, button: string): Promise<void> {
  await enter(page.getByLabel(t.login.username), username);
  await enter(page.getByLabel(t.login.password, { exact: true }), password);
  await choose(page.getByRole('button', { name: button, exact: true }));
}

export const chatsOf = (page: Page) => page.getByRole('heading', { name: t.rooms.title, exact: true });

/** The list of chats, where there is room for one pane alone; elsewhere it stands there anyway. */
export async function showChats(page: Page): Promise<void> {
  if (!isNarrow) return;
  await showConversation(page);
  const back = page.getByRole('button', { name: t.conversation.back, exact: true });
  const leave = back.or(page.getByRole('button', { name: t.app.back, exact: true })).filter({ visible: true });
  await leave
    .or(chatsOf(page).filter({ visible: true }))
    .first()
    .waitFor();
  if ((await leave.count()) > 0) await choose(leave);
  await chatsOf(page).waitFor();
}

/** The conversation, where the people of a room take its place; elsewhere both stand side by side. */
export async function showConversation(page: Page): Promise<void> {
  if (isNarrow) await closePeople(page);
}

/** Closes the people of the room, or the card of one of them. */
export async function closePeople(page: Page): Promise<void> {
  const close = page.getByRole('button', { name: t.members.close, exact: true });
  if ((await close.count()) > 0) await choose(close);
  await close.waitFor({ state: 'detached' });
}

/** "New message" or "New room". */
export async function startChat(page: Page, item: string): Promise<void> {
  await showChats(page);
  await choose(page.getByRole('button', { name: t.rooms.newChat, exact: true }));
  await choose(page.getByRole('menuitem', { name: item }));
}

/** Makes a room through the dialog and waits until it is open. */
export async function makeRoom(page: Page, name: string, { isEncrypted = true } = {}): Promise<void> {
  await startChat(page, t.rooms.newRoom);
  const dialog = page.getByRole('dialog');
  await enter(dialog.getByLabel(t.newChat.roomName), name);
  if (!isEncrypted) await choose(dialog.getByRole('switch', { name: t.newChat.encryption }));
  await choose(dialog.getByRole('button', { name: t.newChat.create }));
  await page.getByRole('heading', { name, level: 1 }).waitFor();
}

/** Chooses something from the menu of the room that is open. */
export async function chooseInRoom(page: Page, item: string): Promise<void> {
  await showConversation(page);
  await choose(page.getByRole('button', { name: t.conversation.more, exact: true }));
  await choose(page.getByRole('menuitem', { name: item }));
}

/** Opens "Invite people" of the room that is open. */
export async function openInviteDialog(page: Page): Promise<Locator> {
  await chooseInRoom(page, t.conversation.invitePeople);
  return page.getByRole('dialog');
}

/** A link for one person, made in the dialog. */
export async function makeInviteLink(page: Page): Promise<string> {
  const dialog = await openInviteDialog(page);
  await choose(dialog.getByRole('button', { name: t.invites.makeLink }));
  const link = await dialog.getByLabel(t.invites.linkLabel).inputValue();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  return link;
}

/** Invites someone by their whole address. */
export async function inviteByAddress(page: Page, userId: string): Promise<void> {
  const dialog = await openInviteDialog(page);
  await findPerson(dialog, userId);
  await dialog.getByText(new RegExp(t.invites.invited('.+'))).waitFor();
  await page.keyboard.press('Escape');
}

/** Writes a whole address into the search that is open, and takes what is found. */
export async function findPerson(dialog: Locator, userId: string): Promise<void> {
  await enter(dialog.getByRole('combobox'), userId);
  await choose(dialog.getByRole('option', { name: userId }).first());
}

/** A row of the list is called by its room, and then by what stands in it. */
export const startsWith = (name: string) => new RegExp(`^${name}\\b`);

export const rowOf = (page: Page, name: string) =>
  page.getByRole('navigation', { name: t.nav.chats }).getByRole('link', { name: startsWith(name) });

/** Opens a chat or an invitation from the list. */
export async function openChat(page: Page, name: string): Promise<void> {
  await showChats(page);
  await choose(rowOf(page, name));
}

/** The invitation to a room of this name is opened and accepted; waits until one can write. */
export async function acceptInvitation(page: Page, name: string): Promise<void> {
  await openChat(page, name);
  await choose(page.getByRole('button', { name: t.invites.accept }));
  await composerOf(page).waitFor();
}

/** One invites the other into the room that is open, who comes in. */
export async function bringIn(guest: Person, { host, room }: { host: Visitor; room: string }): Promise<void> {
  await inviteByAddress(host.page, `@${guest.username}:localhost`);
  await acceptInvitation(guest.page, room);
}

/** One makes a room and brings the other in. */
export async function meetIn(
  room: string,
  { host, guest, isEncrypted = true }: { host: Visitor; guest: Person; isEncrypted?: boolean },
): Promise<void> {
  await makeRoom(host.page, room, { isEncrypted });
  await bringIn(guest, { host, room });
}

const [, howToSend = ''] = t.composer.label('|').split('|');

/** The field of the room that is open. */
export const composerOf = (page: Page) => page.getByRole('textbox', { name: howToSend });

/** Writes as a person does: types, and presses Enter. */
export async function write(page: Page, text: string): Promise<void> {
  await showConversation(page);
  await enter(composerOf(page), text);
  await composerOf(page).press('Enter');
}

/** The message with this text, once it is sent or received. */
export const messageOf = (page: Page, text: string) =>
  page.locator('article[data-delivery=sent]').filter({ hasText: text });

/** What one writes, the other reads; both have the room open. */
export async function say(text: string, { from, to }: { from: Visitor; to: Visitor }): Promise<void> {
  await write(from.page, text);
  await messageOf(to.page, text).waitFor();
}

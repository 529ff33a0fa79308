import type { RoomHandle } from '@sotto/client';
import { registerUser, until } from '@sotto/testing';
import type { Page } from 'playwright-core';
import type { Bench } from './bench.ts';
import { account, logInto, median, onStage, untilSeen, watchLongTasks } from './browser-person.ts';

const messages = 1000;
const rounds = 5;

export const openRoom: Bench = {
  name: 'open-room',
  sentence: `opening a room of ${messages.toLocaleString('en')} encrypted messages after a reload, in a browser on localhost; median of ${rounds}`,
  run: ({ say }) =>
    onStage(async (stage) => {
      const reader = await registerUser(stage.server, 'reader', account);
      const writer = await stage.person('writer');
      const roomId = await writer.createRoom({ name: 'Archive', isEncrypted: true, invite: [reader.userId] });
      const page = await logInto(stage, 'reader');
      await page.locator('nav a', { hasText: 'Archive' }).click();
      await page.getByRole('button', { name: 'Accept' }).click();
      const room = writer.room(roomId);
      await until(() => room.details.get()?.members.filter(({ membership }) => membership === 'join').length === 2, {
        what: 'both are there',
      });
      await page.goto(stage.server.url);
      const began = performance.now();
      await fill(room);
      say(`written in ${((performance.now() - began) / 1000).toFixed(1)} s`);
      const opened: Awaited<ReturnType<typeof open>>[] = [];
      for (let round = 0; round < rounds; round++) opened.push(await open(page));
      return [
        {
          name: 'to the first screenful decrypted',
          value: median(opened.map(({ ms }) => ms)),
          unit: 'ms',
          goal: { most: 300 },
        },
        { name: 'longest task meanwhile', value: median(opened.map(({ longestMs }) => longestMs)), unit: 'ms' },
      ];
    }),
};

async function fill(room: RoomHandle): Promise<void> {
  for (let number = 1; number <= messages; number++) room.send(textOf(number));
  const isSent = () => {
    const last = room.timeline.get().items.at(-1);
    return last?.kind === 'message' && last.text === textOf(messages) && last.delivery === 'sent';
  };
  await until(isSent, { deadlineMs: 300_000, what: 'all are sent' });
}

const textOf = (number: number) => `message ${number} of a long conversation`;

/** A reload, the list of rooms, and a click: how long until the newest message can be read. */
async function open(page: Page): Promise<{ ms: number; longestMs: number }> {
  await page.goto(`${new URL(page.url()).origin}/`);
  await page.reload();
  const row = page.locator('nav a', { hasText: 'Archive' });
  await page.locator('nav a', { hasText: textOf(messages) }).waitFor();
  const longTasks = await watchLongTasks(page);
  const ms = await untilSeen(page, { selector: 'article', text: textOf(messages), act: () => row.click() });
  return { ms, longestMs: (await longTasks()).longestMs };
}

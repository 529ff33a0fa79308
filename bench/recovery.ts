import { fillBackup } from '@sotto/client/test/made-up-backup.ts';
import type { Bench } from './bench.ts';
import {
  account,
  logInto,
  median,
  onStage,
  type Stage,
  untilSeen,
  watchLongTasks,
  watchProcessors,
} from './browser-person.ts';

const rounds = 3;
const keyCount = 10_000;
const roomCount = 50;
const encryptionPassword = 'a horse reads seven newspapers';

/** From the press of the button to "This device is ready". */
async function unlockMs(stage: Stage, secret: string): Promise<number> {
  const page = await logInto(stage, account.username);
  await openUnlock(page, secret);
  const ms = await untilSeen(page, {
    selector: 'dialog h2',
    text: 'This device is ready',
    act: () => page.getByRole('button', { name: 'Open my messages' }).click(),
  });
  await page.context().close();
  return ms;
}

async function openUnlock(page: Awaited<ReturnType<typeof logInto>>, secret: string): Promise<void> {
  await page.getByRole('button', { name: 'Enter it' }).first().click();
  await page.locator('dialog input[name=recovery]').fill(secret);
}

export const unlock: Bench = {
  name: 'unlock',
  sentence: `unlocking a new device in a browser on localhost; median of ${rounds}`,
  run: () =>
    onStage(async (stage) => {
      const ada = await stage.person(account.username);
      const { recoveryKey = '' } = await ada.recovery.setUp({ withKey: true, withPassword: encryptionPassword });
      await ada.recovery.confirm(recoveryKey);
      const took = { key: [] as number[], password: [] as number[] };
      for (let round = 0; round < rounds; round++) {
        took.key.push(await unlockMs(stage, recoveryKey));
        took.password.push(await unlockMs(stage, encryptionPassword));
      }
      return [
        { name: 'with the recovery key', value: median(took.key) / 1000, unit: 's', goal: { most: 1 } },
        { name: 'with the encryption password', value: median(took.password) / 1000, unit: 's', goal: { most: 3 } },
      ];
    }),
};

/** A token of another session of the person, which has no keys. */
async function tokenOf({ api }: Stage['server']): Promise<string> {
  const identifier = { type: 'm.id.user', user: account.username };
  const { body } = await api('POST', '/v3/login', {
    body: { type: 'm.login.password', identifier, password: account.password },
  });
  return body.access_token;
}

export const restore: Bench = {
  name: 'restore',
  sentence: `fetching ${keyCount.toLocaleString('en')} message keys of ${roomCount} rooms from the backup, in a browser on localhost`,
  run: ({ say }) =>
    onStage(async (stage) => {
      const ada = await stage.person(account.username);
      const { recoveryKey = '' } = await ada.recovery.setUp({ withKey: true });
      await ada.recovery.confirm(recoveryKey);
      const began = performance.now();
      const accessToken = await tokenOf(stage.server);
      await fillBackup(stage.server, { accessToken, count: keyCount, rooms: roomCount });
      say(`made and saved in ${((performance.now() - began) / 1000).toFixed(1)} s`);
      const page = await logInto(stage, account.username);
      await openUnlock(page, recoveryKey);
      await page.getByRole('button', { name: 'Open my messages' }).click();
      const fetchAll = page.getByRole('button', { name: 'Fetch all keys now' });
      await fetchAll.waitFor();
      const longTasks = await watchLongTasks(page);
      const spent = await watchProcessors(stage.browser);
      const ms = await untilSeen(page, {
        selector: 'dialog [role=status]',
        text: 'on this device',
        act: () => fetchAll.click(),
      });
      const spentMs = await spent();
      const { longestMs, count } = await longTasks();
      return [
        { name: 'keys a second', value: keyCount / (ms / 1000), unit: '/s', goal: { least: 2000 } },
        { name: 'processor time for a key, all of the browser', value: (spentMs / keyCount) * 1000, unit: 'µs' },
        { name: 'longest task meanwhile', value: longestMs, unit: 'ms', goal: { most: 50 } },
        { name: 'tasks over 50 ms', value: count, unit: '', goal: { most: 0 } },
      ];
    }),
};

import { madeUpKeys } from '@sotto/client/test/made-up-keys.ts';
import { makeKeyFile } from '@sotto/client/test/plain-client.ts';
import type { Bench } from './bench.ts';
import { account, logInto, median, onStage, type Stage, untilSeen, watchLongTasks } from './browser-person.ts';

const rounds = 3;
const keyCount = 10_000;
const partCount = 2000;
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

/** Through sessions of their own, a part each: what a store in memory has to look through for each upload stays small. */
async function fillBackup(stage: Stage, recoveryKey: string): Promise<void> {
  for (let saved = 0; saved < keyCount; saved += partCount) {
    const { recovery, logOut } = await stage.again(account.username);
    await recovery.unlock(recoveryKey);
    const keys = JSON.stringify(madeUpKeys(partCount, roomCount));
    await recovery.importKeys(makeKeyFile(keys, 'bench'), 'bench');
    await recovery.saveAll();
    await logOut();
  }
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
      await fillBackup(stage, recoveryKey);
      say(`made and saved in ${((performance.now() - began) / 1000).toFixed(1)} s`);
      const page = await logInto(stage, account.username);
      await openUnlock(page, recoveryKey);
      await page.getByRole('button', { name: 'Open my messages' }).click();
      const fetchAll = page.getByRole('button', { name: 'Fetch all keys now' });
      await fetchAll.waitFor();
      const longTasks = await watchLongTasks(page);
      const ms = await untilSeen(page, {
        selector: 'dialog [role=status]',
        text: 'on this device',
        act: () => fetchAll.click(),
      });
      const { longestMs, count } = await longTasks();
      return [
        { name: 'keys a second', value: keyCount / (ms / 1000), unit: '/s', goal: { least: 2000 } },
        { name: 'longest task meanwhile', value: longestMs, unit: 'ms', goal: { most: 50 } },
        { name: 'tasks over 50 ms', value: count, unit: '', goal: { most: 0 } },
      ];
    }),
};

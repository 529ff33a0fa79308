/** Requests about the sleeping device that are never answered: it is an addition, and recovery doesn't wait for it. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startServer, type TestServer, until } from '@sotto/testing';
import { newDevice, newPerson, type TestPerson } from '../test/people.ts';
import { ended } from '../test/stalled.ts';
import { holdTimers } from '../test/timers.ts';

/** How long a new key waits for the sleeping device, and how long that holds up the next attempt. */
const patience = holdTimers(5000, 30_000);

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

const isOfSleeper = (path: string) => path.includes('/dehydrated_device');

/** What an attempt comes to while those about the sleeping device hang, or one before it does. */
async function ends<T>(work: Promise<T>, what: string): Promise<T> {
  await ended(work, { patience, isHanging: () => true, what });
  return work;
}

async function newKey({ session }: TestPerson, verb: 'setUp' | 'change'): Promise<string> {
  const { recoveryKey } = await ends(session.recovery[verb]({ withKey: true }), `${verb} ends`);
  return recoveryKey ?? assert.fail('no key');
}

test('a key is set up, changed and used while the sleeping device is stalled, and after', async (t) => {
  const laptop = await newPerson(server, 'ada');
  t.after(() => laptop.session.stop());
  await until(() => laptop.session.recovery.get().kind === 'not-set-up');
  laptop.wire.cut = isOfSleeper;
  await newKey(laptop, 'setUp');
  const changed = await newKey(laptop, 'change');

  const phone = await newDevice(server, 'ada');
  t.after(() => phone.session.stop());
  await until(() => phone.session.recovery.get().kind === 'locked');
  phone.wire.cut = isOfSleeper;
  await ends(phone.session.recovery.unlock(changed), 'unlock ends');
  assert.equal(phone.session.recovery.get().kind, 'unsaved');

  delete laptop.wire.cut;
  const last = await newKey(laptop, 'change');
  assert.equal((await laptop.session.recovery.check(last)).opensBackup, true);
});

/**
 * Each flow of recovery and verification is cut at each of its requests, as when the page is closed or the network goes for
 * good; after the next start it is finished or undone, never half, and can be walked to its end.
 */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startServer, type TestServer, until } from '@sotto/testing';
import { indexedDB } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { forgetClosedPages, interrupted } from '../test/interrupted.ts';
import { arrived, newDevice, newPerson, password, type TestPerson, talk } from '../test/people.ts';
import { releasableTimers } from '../test/timers.ts';
import type { RecoveryState } from './index.ts';

const timers = releasableTimers();

let server: TestServer;
before(async () => {
  forgetClosedPages();
  server = await startServer();
});
after(async () => {
  await server.stop();
  timers.release();
});

function stateOf({ session }: TestPerson): RecoveryState['kind'] {
  return session.recovery.get().kind;
}

/** Waits until recovery stands in one of these ways. */
async function recoveryIs(person: TestPerson, ...kinds: RecoveryState['kind'][]): Promise<RecoveryState['kind']> {
  await until(() => kinds.includes(stateOf(person)), { what: `recovery is ${kinds.join(' or ')}` }).catch(
    (error: unknown) => {
      throw new Error(`it is ${JSON.stringify(person.session.recovery.get())}`, { cause: error });
    },
  );
  return stateOf(person);
}

async function isSigned({ session }: TestPerson): Promise<void> {
  await until(() => {
    const phase = session.phase.get();
    return phase.kind === 'ready' && phase.me.isSignedByOwner;
  });
}

/** Cuts the flow at its first request, its second … until it comes through; `settle` looks at each wreck and mends it. */
async function cutEverywhere(
  start: TestPerson,
  flow: (person: TestPerson) => Promise<unknown>,
  settle: (person: TestPerson) => Promise<TestPerson>,
): Promise<{ person: TestPerson; cuts: number }> {
  let person = start;
  for (let at = 1; ; at++) {
    const wreck = await interrupted(server, person, { at, flow });
    if (!wreck) return { person, cuts: at - 1 };
    person = await settle(wreck);
  }
}

test('a set-up that is cut off counts as none, or leads to a new key that opens everything', async (t) => {
  let person = await newPerson(server, 'ada', { indexedDB });
  t.after(() => person.session.stop());
  await recoveryIs(person, 'not-set-up');
  const { cuts } = await cutEverywhere(
    person,
    ({ session }) => session.recovery.setUp({ withKey: true }),
    async (wreck) => {
      person = wreck;
      const state = await recoveryIs(wreck, 'not-set-up', 'unsaved');
      if (state === 'not-set-up') return wreck;
      // Done on the server, but the key was never shown.
      const { recoveryKey = '' } = await wreck.session.recovery.change({ withKey: true });
      assert.deepEqual(await wreck.session.recovery.check(recoveryKey), { opensBackup: true });
      await wreck.session.recovery.resetIdentity(password);
      await recoveryIs(wreck, 'not-set-up');
      return wreck;
    },
  );
  assert.ok(cuts >= 10, `${cuts} requests`);
});

test('a change that is cut off leaves the old key at work, or asks for another one', async (t) => {
  let person = await newPerson(server, 'ben', { indexedDB });
  t.after(() => person.session.stop());
  await recoveryIs(person, 'not-set-up');
  const renew = async (verb: 'setUp' | 'change') => {
    const { recoveryKey = '' } = await person.session.recovery[verb]({ withKey: true });
    await person.session.recovery.confirm(recoveryKey);
    await recoveryIs(person, 'ready');
    return recoveryKey;
  };
  let saved = await renew('setUp');
  const { cuts } = await cutEverywhere(
    person,
    ({ session }) => session.recovery.change({ withKey: true }),
    async (wreck) => {
      person = wreck;
      const state = await recoveryIs(wreck, 'ready', 'unsaved');
      if (state === 'ready') assert.deepEqual(await wreck.session.recovery.check(saved), { opensBackup: true });
      else saved = await renew('change');
      return wreck;
    },
  );
  assert.ok(cuts >= 10, `${cuts} requests`);
});

test('an unlock that is cut off is done, or is done by entering the key again', async (t) => {
  const [cleo, dan] = await Promise.all([newPerson(server, 'cleo'), newPerson(server, 'dan')]);
  const { roomId, b } = await talk(cleo, dan);
  b.send('from before');
  await arrived(cleo.session.room(roomId), 'from before');
  await recoveryIs(cleo, 'not-set-up');
  const { recoveryKey = '' } = await cleo.session.recovery.setUp({ withKey: true });
  await cleo.session.recovery.saveAll();
  let device = await newDevice(server, 'cleo', { indexedDB });
  t.after(() => Promise.all([cleo, dan, device].map(({ session }) => session.stop())));
  await recoveryIs(device, 'locked');
  const unlock = ({ session }: TestPerson) => session.recovery.unlock(recoveryKey);
  const isWhole = async () => {
    await isSigned(device);
    await arrived(device.session.room(roomId), 'from before');
    await device.session.recovery.restoreAll();
  };
  const { cuts } = await cutEverywhere(device, unlock, async (wreck) => {
    device = wreck;
    const state = await recoveryIs(wreck, 'locked', 'ready', 'unsaved');
    // Signed already: what opens old messages may still lie in the storage, and entering the key again fetches it.
    if (state !== 'locked') await isSigned(wreck);
    return wreck;
  });
  await isWhole();
  assert.ok(cuts >= 5, `${cuts} requests`);
});

test('a reset that is cut off leaves the old identity or the new one, and can be done again', async (t) => {
  let person = await newPerson(server, 'eve', { indexedDB });
  t.after(() => person.session.stop());
  await recoveryIs(person, 'not-set-up');
  const { recoveryKey = '' } = await person.session.recovery.setUp({ withKey: true });
  await person.session.recovery.confirm(recoveryKey);
  const { cuts } = await cutEverywhere(
    person,
    ({ session }) => session.recovery.resetIdentity(password),
    async (wreck) => {
      person = wreck;
      await recoveryIs(wreck, 'ready', 'not-set-up', 'unsaved', 'locked', 'broken');
      await wreck.session.recovery.resetIdentity(password);
      await isSigned(wreck);
      await recoveryIs(wreck, 'not-set-up');
      await wreck.session.recovery.setUp({ withKey: true });
      return wreck;
    },
  );
  await isSigned(person);
  await recoveryIs(person, 'not-set-up');
  assert.ok(cuts >= 6, `${cuts} requests`);
});

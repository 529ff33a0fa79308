/**
 * A new recovery key while requests hang, and arrive or are answered after all once it was given up: never is the old key dead
 * and the new one not shown.
 */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startServer, type TestServer, until } from '@sotto/testing';
import { newPerson, type TestPerson } from '../test/people.ts';
import { type Hang, stalled } from '../test/stalled.ts';
import { holdTimers } from '../test/timers.ts';

const patience = holdTimers(5000, 20_000);

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

/** Hangs each request in turn, until there is none left to hang; says how it ended each time. */
async function hangEach(person: TestPerson, way: Hang['way']): Promise<Set<'kept' | 'unanswered' | 'new'>> {
  const { recovery } = person.session;
  const ends = new Set<'kept' | 'unanswered' | 'new'>();
  let saved: string | undefined;
  for (let at = 1; ; at++) {
    const flow = () => recovery[saved === undefined ? 'setUp' : 'change']({ withKey: true });
    const { result, isWhole } = await stalled(person, { way, at, patience }, flow);
    if (result.status === 'fulfilled') {
      saved = result.value.recoveryKey ?? assert.fail(`${at}: no key`);
      await recovery.confirm(saved);
      ends.add(result.value.isUnanswered ? 'unanswered' : 'new');
    } else {
      assert.equal(result.reason.problem?.kind, 'network', `${at}`);
      ends.add('kept');
    }
    if (saved !== undefined)
      assert.deepEqual(await recovery.check(saved), { opensBackup: true }, `${at}: ${[...ends]}`);
    if (!isWhole) continue;
    assert.ok(result.status === 'fulfilled' && !result.value.isUnanswered, 'nothing hung');
    return ends;
  }
}

for (const [way, where] of [
  ['stall', 'on its way there'],
  ['hold', 'on its way back'],
] as const) {
  test(`whichever request of a new key hangs ${where}, the old key works or the new one is shown`, async (t) => {
    const person = await newPerson(server, `ada-${way}`);
    t.after(() => person.session.stop());
    await until(() => person.session.recovery.get().kind === 'not-set-up');
    assert.deepEqual(await hangEach(person, way), new Set(['kept', 'unanswered', 'new']));
    await until(() => person.session.recovery.get().kind === 'ready');
  });
}

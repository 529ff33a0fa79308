/**
 * A new recovery key while requests hang, and arrive or are answered after all once it was given up: never is the old key dead
 * and the new one not shown.
 */
import assert from 'node:assert/strict';
import test, { after, before, describe } from 'node:test';
import { startServer, type TestServer, until } from '@sotto/testing';
import { newPerson, type TestPerson } from '../test/people.ts';
import { type Hang, stalled } from '../test/stalled.ts';
import { hurry } from '../test/timers.ts';

hurry(new Set([5000, 20_000]));

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

/**
 * Hangs each request in turn, until there is none left to hang; says how it ended each time. A busy machine may need longer
 * than the hurried limit although nothing hangs: then it is tried again.
 */
async function hangEach(person: TestPerson, way: Hang['way']): Promise<Set<'kept' | 'unanswered' | 'new'>> {
  const { recovery } = person.session;
  const ends = new Set<'kept' | 'unanswered' | 'new'>();
  let saved: string | undefined;
  for (let [at, slow] = [1, 0]; slow < 30; ) {
    const flow = () => recovery[saved === undefined ? 'setUp' : 'change']({ withKey: true });
    const { result, isWhole } = await stalled(person, { way, at }, flow);
    if (result.status === 'fulfilled') {
      saved = result.value.recoveryKey ?? assert.fail(`${at}: no key`);
      await recovery.confirm(saved);
      ends.add(result.value.isUnanswered ? 'unanswered' : 'new');
    } else {
      assert.equal(result.reason.problem?.kind, 'network', `${at}`);
      ends.add('kept');
    }
    if (saved !== undefined) {
      const works = await recovery.check(saved).catch(() => undefined);
      assert.deepEqual(works, { opensBackup: true }, `${at}: ${[...ends]}`);
    }
    const isNew = result.status === 'fulfilled' && !result.value.isUnanswered;
    if (isWhole && isNew) return ends;
    if (isWhole) slow++;
    else at++;
  }
  return assert.fail('nothing hung, and no attempt was in time');
}

describe('whichever request of a new key hangs, the old key works or the new one is shown', {
  concurrency: true,
}, () => {
  for (const [way, where] of [
    ['stall', 'on its way there'],
    ['hold', 'on its way back'],
  ] as const) {
    test(where, async (t) => {
      const person = await newPerson(server, `ada-${way}`);
      t.after(() => person.session.stop());
      await until(() => person.session.recovery.get().kind === 'not-set-up');
      assert.deepEqual(await hangEach(person, way), new Set(['kept', 'unanswered', 'new']));
      await until(() => person.session.recovery.get().kind === 'ready');
    });
  }
});

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startServer, type TestServer, until } from '@sotto/testing';
import { MsgType } from 'matrix-js-sdk/lib/@types/event.js';
import { canary, endAll, naiveTalk, ourTalk, sawCanary } from '../../test/hostile.ts';
import { arrived, itemWhere, password, type TestPerson } from '../../test/people.ts';
import type { PersonHandle } from '../trust-types.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

/** Whoever has the server gives the friend another identity. */
async function replace({ session: { recovery } }: TestPerson): Promise<void> {
  await until(() => recovery.get().kind === 'not-set-up');
  await recovery.resetIdentity(password);
}

/** What the screen asks to be decided on, once it isn't `before` any more. */
function asked(person: PersonHandle, before?: string) {
  return until(
    () => {
      const { identity } = person.get();
      return identity.kind === 'changed' && identity.masterKey !== before && identity;
    },
    { what: 'a new identity is shown' },
  );
}

test('A2 · the identity is swapped between what a person saw and the click', async (t) => {
  await t.test('a naive client accepts what nobody saw', async (scenario) => {
    const scene = await naiveTalk(server, 'amy');
    scenario.after(() => endAll(scene));
    const { plain, friend, roomId } = scene;
    const say = { msgtype: MsgType.Text as const, body: canary };
    await plain.client.sendMessage(roomId, { ...say, body: 'before' });
    const keyOf = async () => (await plain.crypto.getUserCrossSigningKeys(friend.userId))?.master_key?.keys;
    const first = JSON.stringify(await keyOf());
    await replace(friend);
    const shown = await until(async () => {
      const key = JSON.stringify(await keyOf());
      return key !== first && key;
    });
    await replace(friend);
    await until(async () => JSON.stringify(await keyOf()) !== shown);
    await plain.crypto.pinCurrentUserIdentity(friend.userId);
    assert.equal((await plain.crypto.getUserVerificationStatus(friend.userId)).needsUserApproval, false);
  });
  await t.test('Sotto accepts nothing, shows the new one, and goes on to send nothing', async (scenario) => {
    const scene = await ourTalk(server, 'bob');
    scenario.after(() => endAll(scene));
    scene.a.send('before');
    await arrived(scene.b, 'before');
    const person = scene.ours.session.person(scene.friend.userId);
    scenario.after(person.close);
    await until(() => person.get().identity.kind === 'pinned');
    await replace(scene.friend);
    const shown = await asked(person);
    await replace(scene.friend);
    await asked(person, shown.masterKey);
    await assert.rejects(person.acceptNewIdentity(shown), { message: 'changed-meanwhile' });
    const next = await asked(person, shown.masterKey);
    const toDecide = () => scene.a.details.get()?.trust?.changedIdentities[0]?.masterKey;
    await until(() => toDecide() === next.masterKey, { what: 'the conversation asks about the new one' });
    scene.a.send(canary);
    const held = await itemWhere(scene.a, (item) => item.kind === 'message' && item.delivery === 'failed');
    assert.ok(held.kind === 'message' && held.problem?.kind === 'identity-changed');
    assert.ok(!sawCanary(scene.proxy));
    await person.acceptNewIdentity(next);
    await until(() => scene.a.details.get()?.trust?.sendBlockedBy.length === 0);
    scene.a.retry(held.key);
    await arrived(scene.b, canary);
  });
});

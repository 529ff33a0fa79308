/** The steps of a comparison reach the other side in their order, whichever of the requests is slow (security.md A12). */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startServer, type TestServer, until } from '@sotto/testing';
import { compare, newPerson, stands, talk } from '../test/people.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

for (const where of ['from session to session', 'in a conversation']) {
  test(`${where}: the word that one is done does not overtake what was compared`, async (t) => {
    const [ann, bob] = await Promise.all(['ann', 'bob'].map((name) => newPerson(server, name + where.length)));
    assert.ok(ann && bob);
    t.after(() => Promise.all([ann, bob].map(({ session }) => session.stop())));
    if (where === 'in a conversation') await talk(ann, bob);
    const id = await compare(ann, bob);
    // That Ann sees the same arrives at the second try only; by then she has Bob's word.
    let tries = 0;
    const isStep = (request: string) => /PUT .*\/(?:send|sendToDevice)\//.test(request);
    ann.wire.fail = (request) => (isStep(request) && tries++ === 0 ? 'refused' : undefined);
    const confirmed = ann.session.verifications.confirm(id);
    await until(() => tries > 0, { what: 'Ann says that they match' });
    await bob.session.verifications.confirm(id);
    await confirmed;
    await Promise.all([stands(ann, 'done'), stands(bob, 'done')]);
    for (const [person, other] of [
      [ann, bob],
      [bob, ann],
    ] as const) {
      const shown = person.session.person(other.userId);
      await until(() => shown.get().identity.kind === 'verified', { what: `${person.name} sees it` }).finally(
        shown.close,
      );
    }
  });
}

test('a step that hangs holds up nobody else', async (t) => {
  const [dan, eve, fay] = await Promise.all([
    newPerson(server, 'dan'),
    newPerson(server, 'eve'),
    newPerson(server, 'fay'),
  ]);
  t.after(() => Promise.all([dan, eve, fay].map(({ session }) => session.stop())));
  const { verifications } = dan.session;
  let cuts = 0;
  dan.wire.cut = (path) => path.includes('/m.key.verification.ready/') && cuts++ === 0;
  const fromEve = await eve.session.verifications.request({ userId: dan.userId });
  await stands(dan, 'incoming');
  void verifications.accept(fromEve);
  await until(() => cuts > 0, { what: 'the answer to Eve hangs' });
  const fromFay = await fay.session.verifications.request({ userId: dan.userId });
  await until(() => verifications.get().some(({ id, phase }) => id === fromFay && phase.kind === 'incoming'));
  await verifications.accept(fromFay);
  await stands(fay, 'choosing');
});

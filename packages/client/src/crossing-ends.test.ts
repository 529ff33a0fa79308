/** Questions that cross, and end while they do (security.md A12): what the person here decided stands. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { type JsonBody, startServer, type TestServer, until } from '@sotto/testing';
import { newDevice, newPerson, roomWhere, stands, type TestPerson } from '../test/people.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

/** Two people without a conversation, the first of whom has asked. Ids are compared: none is lower than `!`, or higher than `~`. */
async function asked(t: { after(end: () => unknown): void }, ...names: [string, string]) {
  const [ann, bob] = await Promise.all(names.map((name) => newPerson(server, name)));
  assert.ok(ann && bob);
  t.after(() => Promise.all([ann, bob].map(({ session }) => session.stop())));
  const told: JsonBody[] = [];
  ann.wire.bend = (path, body: JsonBody) => {
    if (path.endsWith('/sync')) body.to_device = { events: [...(body.to_device?.events ?? []), ...told.splice(0)] };
  };
  let from = deviceOf(bob);
  const methods = ['m.sas.v1', 'm.reciprocate.v1'];
  const question = (id: string) => ({ from_device: from, transaction_id: id, methods, timestamp: Date.now() });
  const tellFrom = (session: TestPerson) => {
    from = deviceOf(session);
  };
  /** Tells ann in bob's name, all with one sync. */
  async function tell(...steps: [step: 'request' | 'cancel', id: string][]): Promise<void> {
    for (const [step, id] of steps) {
      const content = step === 'request' ? question(id) : { transaction_id: id, code: 'm.user', reason: 'm.user' };
      told.push({ type: `m.key.verification.${step}`, sender: bob?.userId, content });
    }
    const roomId = await ann?.session.createRoom({ name: 'whatever wakes the sync', isEncrypted: false });
    if (ann) await roomWhere(ann, (room) => room.roomId === roomId);
  }
  const id = await ann.session.verifications.request({ userId: bob.userId });
  return { ann, bob, id, tell, tellFrom };
}

function deviceOf({ session }: TestPerson): string {
  const phase = session.phase.get();
  return phase.kind === 'ready' ? phase.me.deviceId : assert.fail(phase.kind);
}

const sentOf = ({ wire }: TestPerson, step: string) =>
  wire.sent.filter((request) => request.includes(`/sendToDevice/m.key.verification.${step}/`));

/** Lets no step of this kind through until the person here has cancelled. */
async function cancelMeanwhile(person: TestPerson, step: string, act: () => Promise<unknown>): Promise<void> {
  const { promise, resolve: go } = Promise.withResolvers<void>();
  const before = sentOf(person, step).length;
  person.wire.stall = (path) => (path.includes(`/sendToDevice/m.key.verification.${step}/`) ? promise : undefined);
  await act();
  await until(() => sentOf(person, step).length > before, { what: `${person.name} sends ${step}` });
  const [shown] = person.session.verifications.get();
  assert.deepEqual(shown?.phase, { kind: 'waiting', for: 'answer' });
  await person.session.verifications.cancel(shown.id);
  delete person.wire.stall;
  go();
}

test('a question that was taken back at once takes ours not with it', async (t) => {
  const { ann, bob, id, tell } = await asked(t, 'ada', 'bea');
  await tell(['request', '!'], ['cancel', '!']);
  await bob.session.verifications.accept((await stands(bob, 'incoming')).id);
  assert.equal((await stands(ann, 'choosing')).id, id);
});

test('a session that came after ours was put, and can’t know of it, is answered', async (t) => {
  const { ann, tell, tellFrom } = await asked(t, 'ivy', 'jan');
  const phone = await newDevice(server, 'jan');
  t.after(() => phone.session.stop());
  tellFrom(phone);
  await tell(['request', '~']);
  await stands(ann, 'choosing');
});

test('theirs is not answered where the person here cancelled while ours gave way', async (t) => {
  const { ann, id, tell } = await asked(t, 'cat', 'dot');
  await cancelMeanwhile(ann, 'cancel', () => tell(['request', '!']));
  assert.equal((await stands(ann, 'incoming')).id, '!');
  assert.equal((await stands(ann, 'cancelled')).id, id);
  assert.deepEqual(sentOf(ann, 'ready'), []);
});

test('ours is not asked again where the person here cancelled meanwhile', async (t) => {
  const { ann, id, tell } = await asked(t, 'eve', 'fay');
  await tell(['request', '~']);
  await cancelMeanwhile(ann, 'request', () => tell(['cancel', id]));
  const [, again] = await until(() => sentOf(ann, 'request').length > 1 && sentOf(ann, 'request'));
  const { transaction_id: second } = Object.values<JsonBody>(
    Object.values<JsonBody>(JSON.parse(again?.slice(again.indexOf('{')) ?? '').messages)[0],
  )[0];
  await until(() => sentOf(ann, 'cancel').some((request) => request.includes(second)), { what: 'it is taken back' });
  assert.deepEqual(
    ann.session.verifications.get().map(({ phase }) => phase),
    [{ kind: 'cancelled', by: 'us', why: 'declined' }],
  );
});

test('a reload ends what two questions that crossed have come to, on the other side too', async (t) => {
  const pair = await Promise.all(['gil', 'hal'].map((name) => newPerson(server, name)));
  const [gil, hal] = pair;
  assert.ok(gil && hal);
  t.after(() => Promise.all(pair.map(({ session }) => session.stop())));
  // Neither arrives before the other is on its way.
  const { promise: bothAsked, resolve: go } = Promise.withResolvers<void>();
  for (const { wire } of pair) wire.stall = (path) => (path.includes('.request/') ? bothAsked : undefined);
  const asking = [
    gil.session.verifications.request({ userId: hal.userId }),
    hal.session.verifications.request({ userId: gil.userId }),
  ];
  const isOnItsWay = (person: TestPerson) => sentOf(person, 'request').length > 0;
  await until(() => pair.every(isOnItsWay), { what: 'both questions are on their way' });
  go();
  await Promise.all(asking);
  await Promise.all(pair.map((person) => stands(person, 'choosing')));
  const gaveWay = pair.find((person) => sentOf(person, 'cancel').length > 0) ?? assert.fail('they crossed');
  const other = gaveWay === gil ? hal : gil;
  const again = await gaveWay.reload();
  t.after(() => again.session.stop());
  await stands(other, 'cancelled');
});

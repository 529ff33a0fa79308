import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test, { after, before } from 'node:test';
import { type HostileProxy, type JsonBody, startServer, type TestServer, until } from '@sotto/testing';
import { lyingServer } from '../../test/hostile.ts';
import { compare, newPerson, stands } from '../../test/people.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

/** What was sent from session to session of this kind. */
function sentOf({ seen }: HostileProxy, type: string): string[] {
  return seen
    .filter(({ method, path }) => method === 'PUT' && path.includes(`/sendToDevice/${type}/`))
    .map(({ body }) => body);
}

/** Keeps all steps of a verification from now on, either way, and tells others in the other side's name. */
function takePlace({ proxy, sender }: { proxy: HostileProxy; sender: string }) {
  const told: JsonBody[] = [];
  proxy.script = {
    refuse: (path) => (path.includes('/sendToDevice/m.key.verification.') ? { status: 200, body: {} } : undefined),
    answer(path, body) {
      if (!path.endsWith('/sync')) return;
      const others = (body.to_device?.events ?? []).filter(
        ({ type }: JsonBody) => !type.startsWith('m.key.verification'),
      );
      body.to_device = { events: [...others, ...told.splice(0)] };
    },
  };
  return (type: string, content: object) => told.push({ type, sender, content });
}

test('A12 · the comparison is swapped for the server’s own between the emoji and the click', async (t) => {
  const { proxy, behind } = await lyingServer(server);
  // The machine lets a beginning replace another where its sender's id is the lower one.
  const [zoe, abe] = await Promise.all([newPerson(behind, 'zoe'), newPerson(server, 'abe')]);
  t.after(() => Promise.all([zoe.session.stop(), abe.session.stop()]).then(() => proxy.stop()));
  // From session to session, which the server can read and write in.
  const id = await compare(zoe, abe);
  const phase = abe.session.phase.get();
  const from = phase.kind === 'ready' ? phase.me.deviceId : '';
  const tell = takePlace({ proxy, sender: abe.userId });
  tell('m.key.verification.start', {
    from_device: from,
    transaction_id: id,
    method: 'm.sas.v1',
    key_agreement_protocols: ['curve25519-hkdf-sha256'],
    hashes: ['sha256'],
    message_authentication_codes: ['hkdf-hmac-sha256.v2'],
    short_authentication_string: ['decimal', 'emoji'],
  });
  await zoe.session.createRoom({ name: 'whatever wakes the sync', isEncrypted: true });
  await until(() => sentOf(proxy, 'm.key.verification.accept').length > 0, { what: 'the server’s beginning is taken' });
  tell('m.key.verification.key', { transaction_id: id, key: randomBytes(32).toString('base64').replace(/=+$/, '') });
  await zoe.session.createRoom({ name: 'once more', isEncrypted: true });
  const isOver = () => zoe.session.verifications.get()[0]?.phase.kind === 'cancelled';
  await until(() => isOver() || sentOf(proxy, 'm.key.verification.key').length > 1, {
    what: 'it is over, or keys are exchanged with the server',
  });
  await zoe.session.verifications.confirm(id);
  assert.deepEqual(sentOf(proxy, 'm.key.verification.mac'), [], 'nothing vouches for what nobody compared');
  const ended = await stands(zoe, 'cancelled');
  assert.equal(ended.phase.why, 'mismatch');
});

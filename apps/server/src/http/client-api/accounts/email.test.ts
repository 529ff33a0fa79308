import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  type MailReceiver,
  registerUser,
  startMailReceiver,
  startServer,
  type TestServer,
  type TestUser,
} from '@sotto/testing';

let server: TestServer;
let mail: MailReceiver;
const ends: (() => void | Promise<void>)[] = [];
before(async () => {
  mail = await startMailReceiver({ after: (end) => void ends.push(end) });
  server = await startServer({ config: { 'email.smtpUrl': mail.url, 'email.from': 'Sotto <sotto@example.org>' } });
});
after(async () => {
  await server.stop();
  for (const end of ends) await end();
});

const secret = 'client-secret';
const request = (api: TestServer['api'], base: string, asked: string | object) => {
  const body = typeof asked === 'string' ? { email: asked } : asked;
  return api('POST', `${base}/email/requestToken`, { body: { client_secret: secret, send_attempt: 1, ...body } });
};

/** Follows the link of a mail as a person does: opens the page, presses the button. */
async function confirm(link: string) {
  const asked = await fetch(link);
  const form = new URL(link).searchParams;
  const pressed = await fetch(link.split('?')[0] as string, { method: 'POST', body: form, redirect: 'manual' });
  return { asked, pressed };
}

const credentials = (sid: string) => ({
  type: 'm.login.email.identity',
  threepid_creds: { sid, client_secret: secret },
});

async function withPassword(user: TestUser, path: string, body: object) {
  const first = await user.api('POST', path, { body });
  const auth = { type: 'm.login.password', session: first.body.session, password: user.password };
  return user.api('POST', path, { body: { ...body, auth } });
}

async function addEmail(user: TestUser, email: string) {
  const { body } = await request(user.api, '/v3/account/3pid', email);
  await confirm(await mail.linkTo(email.toLowerCase()));
  const added = await withPassword(user, '/v3/account/3pid/add', { sid: body.sid, client_secret: secret });
  assert.deepEqual([added.status, added.body], [200, {}]);
}

test('email: an address is added once it is confirmed, logs in, and is taken away', async () => {
  const mira = await registerUser(server, 'mira');
  const { body } = await request(mira.api, '/v3/account/3pid', 'Mira@Example.org');
  const early = await withPassword(mira, '/v3/account/3pid/add', { sid: body.sid, client_secret: secret });
  assert.deepEqual([early.status, early.body.errcode], [400, 'M_THREEPID_AUTH_FAILED']);
  const link = await mail.linkTo('mira@example.org');
  const { asked, pressed } = await confirm(link);
  assert.equal(asked.status, 200);
  assert.match(asked.headers.get('content-security-policy') ?? '', /default-src 'none'.*frame-ancestors 'none'/);
  assert.doesNotMatch(asked.headers.get('content-security-policy') ?? '', /unsafe/);
  assert.match(await pressed.text(), /is confirmed/);
  const other = await withPassword(mira, '/v3/account/3pid/add', { sid: body.sid, client_secret: 'other' });
  assert.equal(other.body.errcode, 'M_THREEPID_AUTH_FAILED');
  assert.equal(
    (await withPassword(mira, '/v3/account/3pid/add', { sid: body.sid, client_secret: secret })).status,
    200,
  );
  const { threepids } = await mira.call('GET', '/v3/account/3pid');
  assert.deepEqual([threepids[0].medium, threepids[0].address, threepids.length], ['email', 'mira@example.org', 1]);

  const logIn = (identifier: object) =>
    server.api('POST', '/v3/login', { body: { type: 'm.login.password', password: mira.password, identifier } });
  const byMail = { type: 'm.id.thirdparty', medium: 'email', address: 'MIRA@example.org' };
  assert.equal((await logIn(byMail)).body.user_id, mira.userId);
  const removed = await mira.api('POST', '/v3/account/3pid/delete', {
    body: { medium: 'email', address: 'mira@example.ORG' },
  });
  assert.deepEqual(removed.body, { id_server_unbind_result: 'no-support' });
  assert.equal((await logIn(byMail)).status, 403);
});

test('email: a forgotten password is set by whoever reads the mail, and all logins end', async () => {
  const nils = await registerUser(server, 'nils');
  await addEmail(nils, 'nils@example.org');
  const { body } = await request(server.api, '/v3/account/password', 'nils@example.org');
  const change = (auth?: object) => server.api('POST', '/v3/account/password', { body: { new_password: 'new', auth } });
  const first = await change();
  assert.deepEqual(first.body.flows, [{ stages: ['m.login.email.identity'] }]);
  const auth = { ...credentials(body.sid), session: first.body.session };
  assert.equal((await change(auth)).body.errcode, 'M_UNAUTHORIZED');
  await confirm(await mail.linkTo('nils@example.org', 1));
  assert.deepEqual((await change(auth)).body, {});
  assert.equal((await nils.api('GET', '/v3/account/whoami')).status, 401);
  const again = await server.api('POST', '/v3/login', {
    body: { type: 'm.login.password', user: 'nils', password: 'new' },
  });
  assert.equal(again.status, 200);
  const used = await change(credentials(body.sid));
  assert.equal(used.body.errcode, 'M_UNAUTHORIZED', 'a proof serves once');
});

test('email: nobody learns from outside which address has an account', async () => {
  const olga = await registerUser(server, 'olga');
  await addEmail(olga, 'olga@example.org');
  const known = await request(server.api, '/v3/account/password', 'olga@example.org');
  // Mails go out beside the answers: this one before the next is asked for, which could overtake it.
  await mail.linkTo('olga@example.org', 1);
  const unknown = await request(server.api, '/v3/account/password', 'nobody@example.org');
  assert.deepEqual([known.status, Object.keys(known.body)], [200, ['sid']]);
  assert.deepEqual([unknown.status, Object.keys(unknown.body)], [200, ['sid']]);
  const taken = await request(server.api, '/v3/register', 'olga@example.org');
  assert.deepEqual([taken.status, Object.keys(taken.body)], [200, ['sid']]);
  const link = await mail.linkTo('olga@example.org', 2);
  assert.equal(new URL(link).origin, server.url, 'its owner is told that there is one already');
  assert.ok(!link.includes('token'));
  assert.ok(!mail.mails.some((each) => each.to.includes('nobody@example.org')));
  const paul = await registerUser(server, 'paul');
  assert.equal((await request(paul.api, '/v3/account/3pid', 'olga@example.org')).body.errcode, 'M_THREEPID_IN_USE');
});

test('email: a client that asks without its token can add an address, and learns of nobody else', async () => {
  const sigrid = await registerUser(server, 'sigrid');
  const { body } = await request(server.api, '/v3/account/3pid', 'sigrid@example.org');
  await confirm(await mail.linkTo('sigrid@example.org'));
  const added = await withPassword(sigrid, '/v3/account/3pid/add', { sid: body.sid, client_secret: secret });
  assert.deepEqual([added.status, added.body], [200, {}]);
  const taken = await request(server.api, '/v3/account/3pid', {
    email: 'sigrid@example.org',
    client_secret: 'another',
  });
  assert.deepEqual([taken.status, Object.keys(taken.body)], [200, ['sid']]);
  assert.ok(
    !(await mail.linkTo('sigrid@example.org', 1)).includes('token'),
    'its owner is told that there is one already',
  );
});

test('email: registration with a confirmed address', async () => {
  const body = { username: 'quin', password: 'secret' };
  const first = await server.api('POST', '/v3/register', { body });
  assert.ok(first.body.flows.some(({ stages }: { stages: string[] }) => stages.join() === 'm.login.email.identity'));
  const { body: begun } = await request(server.api, '/v3/register', 'quin@example.org');
  const auth = { ...credentials(begun.sid), session: first.body.session };
  assert.equal((await server.api('POST', '/v3/register', { body: { ...body, auth } })).body.errcode, 'M_UNAUTHORIZED');
  await confirm(await mail.linkTo('quin@example.org'));
  const done = await server.api('POST', '/v3/register', { body: { ...body, auth } });
  assert.equal(done.status, 200, JSON.stringify(done.body));
  const { body: list } = await server.api('GET', '/v3/account/3pid', { token: done.body.access_token });
  assert.equal(list.threepids[0].address, 'quin@example.org');
});

test('email: the same attempt sends nothing anew, and links lead nowhere else', async () => {
  const ask = (more: object) => request(server.api, '/v3/register', { email: 'rosa@example.org', ...more });
  const first = await ask({ next_link: 'https://evil.example/' });
  const link = await mail.linkTo('rosa@example.org');
  assert.equal((await ask({})).body.sid, first.body.sid);
  const second = await ask({ send_attempt: 2, next_link: `${server.url}/#/welcome` });
  assert.equal(second.body.sid, first.body.sid);
  const newer = await mail.linkTo('rosa@example.org', 1);
  assert.equal((await fetch(link)).status, 400, 'the older link has been replaced');
  const { pressed } = await confirm(newer);
  assert.deepEqual([pressed.status, pressed.headers.get('location')], [303, `${server.url}/#/welcome`]);
  assert.equal((await fetch(`${link}x`)).status, 400);
  for (const wrong of [
    { email: 'no address' },
    { email: 'a@b, c@d' },
    { email: 'a@b\r\nBcc: c@d' },
    { client_secret: 'ü' },
  ])
    assert.equal((await ask({ send_attempt: 3, ...wrong })).body.errcode, 'M_INVALID_PARAM', JSON.stringify(wrong));
  assert.equal((await ask({ send_attempt: 'x' })).body.errcode, 'M_BAD_JSON');
});

test('email: without a mail server, without phones and without identity servers', async (t) => {
  const silent = await startServer();
  t.after(() => silent.stop());
  const sven = await registerUser(silent, 'sven');
  const denied = await request(silent.api, '/v3/register', 'a@example.org');
  assert.deepEqual([denied.status, denied.body.errcode], [403, 'M_THREEPID_DENIED']);
  const unsupported = await request(sven.api, '/v3/account/3pid', 'a@example.org');
  assert.deepEqual([unsupported.status, unsupported.body.errcode], [400, 'M_THREEPID_MEDIUM_NOT_SUPPORTED']);
  const phone = await sven.api('POST', '/v3/account/3pid/msisdn/requestToken', { body: {} });
  assert.equal(phone.body.errcode, 'M_THREEPID_MEDIUM_NOT_SUPPORTED');
  for (const base of ['register', 'account/password'])
    assert.equal(
      (await sven.api('POST', `/v3/${base}/msisdn/requestToken`, { body: {} })).body.errcode,
      'M_THREEPID_DENIED',
    );
  const address = { medium: 'email', address: 'a@example.org' };
  assert.deepEqual(await sven.call('POST', '/v3/account/3pid/unbind', address), {
    id_server_unbind_result: 'no-support',
  });
  assert.equal((await sven.api('POST', '/v3/account/3pid/unbind', { body: { medium: 'pigeon' } })).status, 400);
  const creds = { client_secret: 'x', id_server: 'x', id_access_token: 'x', sid: 'x' };
  assert.equal((await sven.api('POST', '/v3/account/3pid/bind', { body: creds })).body.errcode, 'M_SERVER_NOT_TRUSTED');
  assert.deepEqual((await sven.call('GET', '/v3/capabilities')).capabilities['m.3pid_changes'], { enabled: false });
  const forgotten = await silent.api('POST', '/v3/account/password', { body: { new_password: 'x' } });
  assert.deepEqual([forgotten.status, forgotten.body.errcode], [401, 'M_MISSING_TOKEN']);
});

test('fallback: a stage as a page, safe in itself, and the client goes on with the session alone', async (t) => {
  const invited = await startServer({ config: { 'registration.mode': 'invite' } });
  t.after(() => invited.stop());
  const token = await invited.firstRunToken();
  const body = { username: 'tina', password: 'secret' };
  const { session } = (await invited.api('POST', '/v3/register', { body })).body;
  const url = `${invited.url}/_matrix/client/v3/auth/m.login.registration_token/fallback/web?session=${session}`;
  const asked = await fetch(url, { headers: { 'accept-language': 'de,en;q=0.5' } });
  assert.match(await asked.text(), /lang="de".*Du brauchst eine Einladung.*name="token"/s);
  const policy = asked.headers.get('content-security-policy') ?? '';
  assert.match(policy, /default-src 'none'; style-src 'sha256-.*form-action 'self'.*frame-ancestors 'none'/);
  const post = (value: string) => fetch(url, { method: 'POST', body: new URLSearchParams({ token: value }) });
  assert.match(await (await post('<script>alert(1)</script>')).text(), /That was not right/);
  const early = await invited.api('POST', '/v3/register', { body: { ...body, auth: { session } } });
  assert.equal(early.status, 401);
  const done = await post(token);
  assert.match(await done.text(), /window\.onAuthDone/);
  assert.match(done.headers.get('content-security-policy') ?? '', /script-src 'sha256-/);
  const made = await invited.api('POST', '/v3/register', { body: { ...body, auth: { session } } });
  assert.equal(made.body.user_id, '@tina:localhost');
  assert.equal((await fetch(url.replace(session, 'nonsense'))).status, 404);
  const strange = await invited.api('GET', '/v3/auth/m.login.password/fallback/web?session=x');
  assert.deepEqual([strange.status, strange.body.errcode], [404, 'M_UNRECOGNIZED']);
});

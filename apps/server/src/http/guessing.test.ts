import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Answer, openServerWith, registerUser } from '@sotto/testing';

// Costly enough that a hash that is left out would show.
const config = { 'rateLimits.enabled': true, 'passwordHash.memoryKiB': 16384 };
const { server, mira } = await openServerWith(['mira'], { config });

/** Each test guesses from addresses of its own: 203.0.113.x. */
const logIn = (user: string, password: string, from = '203.0.113.1') =>
  server.api('POST', '/v3/login', {
    body: { type: 'm.login.password', user, password },
    headers: { 'x-forwarded-for': from },
  });

/**
 * Guesses until it is told to wait, which is the answer, and it comes after five that are refused; every 20 s that a slow
 * machine needs for them, one more is allowed.
 */
async function guessTillLimited(guess: () => Promise<Answer>): Promise<Answer> {
  const begun = performance.now();
  for (let guesses = 1; ; guesses++) {
    const answer = await guess();
    if (answer.body.errcode === 'M_FORBIDDEN') {
      assert.ok(guesses <= 5 + (performance.now() - begun) / 20_000, `guess ${guesses} was heard`);
      continue;
    }
    assert.equal(answer.status, 429);
    assert.ok(guesses > 5, `limited at guess ${guesses}`);
    return answer;
  }
}

test('B4: after a few wrong passwords one waits, and from elsewhere the person gets in', async () => {
  const guess = () => logIn('mira', 'wrong', '203.0.113.2');
  const late = await guessTillLimited(guess);
  assert.equal(late.body.errcode, 'M_LIMIT_EXCEEDED');
  assert.ok(late.body.retry_after_ms > 0 && late.body.retry_after_ms <= 60_000, late.body.retry_after_ms);
  assert.equal(late.headers.get('retry-after'), String(Math.ceil(late.body.retry_after_ms / 1000)));
  assert.equal((await logIn('mira', mira.password, '203.0.113.2')).status, 429, 'also with the right one');
  for (const from of ['203.0.113.3', '2001:db8::1'])
    assert.equal((await logIn('mira', mira.password, from)).status, 200);
});

test('B4: right passwords use nothing up; an unknown name is limited like a known one', async () => {
  for (let times = 0; times < 8; times++) assert.equal((await logIn('mira', mira.password, '203.0.113.4')).status, 200);
  await guessTillLimited(() => logIn('nobody', 'x', '203.0.113.5'));
});

test('B4: the password of interactive auth is guessed no faster', async () => {
  const nils = await registerUser(server, 'nils');
  const guess = () =>
    nils.api('POST', '/v1/login/get_token', { body: { auth: { type: 'm.login.password', password: 'x' } } });
  await guessTillLimited(guess);
});

test('B4: registration is limited by address', async () => {
  const ask = () =>
    server.api('GET', '/v3/register/available?username=free', { headers: { 'x-forwarded-for': '203.0.113.6' } });
  let answer = await ask();
  for (let times = 0; times < 50 && answer.status === 200; times++) answer = await ask();
  assert.deepEqual([answer.status, answer.body.errcode], [429, 'M_LIMIT_EXCEEDED']);
});

test('B4: an unknown person takes as long as a wrong password', async () => {
  const measure = async (user: string, from: string) => {
    const start = performance.now();
    assert.equal((await logIn(user, 'x', from)).status, 403);
    return performance.now() - start;
  };
  // In turns, and the shortest of each: what else the machine does only ever makes a time longer. From an address of its own
  // each time, and for as long as the two differ: one that is shorter by what is done for it stays so.
  let [known, unknown] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const isAlike = () => unknown > known / 4 && unknown < known * 4;
  for (let round = 0; round < 5 || (round < 30 && !isAlike()); round++) {
    const from = `203.0.114.${round}`;
    known = Math.min(known, await measure('mira', from));
    unknown = Math.min(unknown, await measure('nobody-at-all', from));
  }
  assert.ok(isAlike(), `${known} ms, ${unknown} ms`);
});

test('B4: passwords are kept as argon2id, long ones are not cut', async () => {
  const long = 'x'.repeat(1024);
  await registerUser(server, 'long', { password: long });
  assert.equal((await logIn('long', long, '203.0.113.9')).status, 200);
  assert.equal((await logIn('long', long.slice(0, 1023), '203.0.113.9')).status, 403);
  assert.equal((await logIn('long', `${long}x`, '203.0.113.9')).status, 403);
});

test('B3: no token and no password lies on the disk or in a log', async () => {
  const { body } = await logIn('mira', mira.password, '203.0.113.10');
  const fresh = await server.api('POST', '/v3/login', {
    body: { type: 'm.login.password', user: 'mira', password: mira.password, refresh_token: true },
    headers: { 'x-forwarded-for': '203.0.113.11' },
  });
  await server.api('GET', `/v3/account/whoami?access_token=${body.access_token}`);
  await server.api('GET', `/v3/nothing?access_token=${body.access_token}`);
  const secrets = [
    body.access_token,
    fresh.body.access_token,
    fresh.body.refresh_token,
    mira.accessToken,
    mira.password,
  ];
  const files = readdirSync(server.dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  assert.ok(files.length > 1);
  for (const file of files) {
    const bytes = readFileSync(join(file.parentPath, file.name));
    for (const secret of secrets) assert.ok(!bytes.includes(secret), `${file.name} holds a secret`);
    assert.ok(!bytes.includes('203.0.113.'), `${file.name} holds an address`);
  }
  for (const secret of [...secrets, '203.0.113.']) assert.ok(!server.output().includes(secret));
});

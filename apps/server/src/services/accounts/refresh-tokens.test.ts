import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { MatrixError } from '@sotto/protocol';
import { createFakeClock, temporaryDatabase } from '@sotto/testing';
import { migrations } from '../../store/migrations/index.ts';
import { openAccounts } from './accounts-fixture.ts';
import { accessTokenLifetimeMs } from './refresh-tokens.ts';

const softly = (error: MatrixError) => error.errcode === 'M_UNKNOWN_TOKEN' && error.extra.soft_logout === true;
const forGood = (error: MatrixError) => error.errcode === 'M_UNKNOWN_TOKEN' && error.extra.soft_logout === false;

async function loggedIn(t: TestContext) {
  const clock = createFakeClock();
  const fixture = await openAccounts(t, {
    openDatabase: (owner) => temporaryDatabase(owner, migrations),
    now: clock.now,
  });
  const userId = await fixture.register('mira');
  const { logins } = fixture.accounts;
  const login = await logins.logIn({ userId, deviceId: 'PHONE', wantsRefreshToken: true });
  return { ...fixture, clock, userId, login, refreshToken: login.refreshToken as string };
}

test('an access token that can be refreshed expires, softly, and its refresh token gives the next', async (t) => {
  const { accounts, clock, login, refreshToken } = await loggedIn(t);
  assert.equal(login.expiresInMs, accessTokenLifetimeMs);
  assert.equal((await accounts.accessTokens.find(login.accessToken))?.deviceId, 'PHONE');
  clock.advance(accessTokenLifetimeMs);
  await assert.rejects(accounts.accessTokens.find(login.accessToken), softly);
  const next = await accounts.refreshTokens.refresh(refreshToken);
  assert.equal((await accounts.accessTokens.find(next.accessToken))?.deviceId, 'PHONE');
});

test('the old tokens work until one of the new ones is used', async (t) => {
  const { accounts, login, refreshToken } = await loggedIn(t);
  const lost = await accounts.refreshTokens.refresh(refreshToken);
  assert.ok(await accounts.accessTokens.find(login.accessToken));
  const next = await accounts.refreshTokens.refresh(refreshToken);
  assert.equal(await accounts.accessTokens.find(lost.accessToken), undefined, 'a lost answer must never work');
  assert.ok(await accounts.accessTokens.find(next.accessToken));
  await assert.rejects(accounts.accessTokens.find(login.accessToken), softly);
  await assert.rejects(accounts.refreshTokens.refresh(refreshToken), softly);
});

test('using the new refresh token ends the old one too', async (t) => {
  const { accounts, refreshToken } = await loggedIn(t);
  const second = await accounts.refreshTokens.refresh(refreshToken);
  const third = await accounts.refreshTokens.refresh(second.refreshToken);
  await assert.rejects(accounts.refreshTokens.refresh(refreshToken), softly);
  await assert.rejects(accounts.refreshTokens.refresh(third.refreshToken), softly, 'the family has ended');
});

test('a replayed refresh token ends the whole login, softly, and no other', async (t) => {
  const { accounts, userId, refreshToken } = await loggedIn(t);
  const other = await accounts.logins.logIn({ userId, deviceId: 'LAPTOP' });
  const second = await accounts.refreshTokens.refresh(refreshToken);
  await accounts.accessTokens.find(second.accessToken);
  await assert.rejects(accounts.refreshTokens.refresh(refreshToken), softly);
  await assert.rejects(accounts.accessTokens.find(second.accessToken), softly);
  await assert.rejects(accounts.refreshTokens.refresh(second.refreshToken), softly);
  assert.ok(await accounts.accessTokens.find(other.accessToken));
  const again = await accounts.logins.logIn({ userId, deviceId: 'PHONE', wantsRefreshToken: true });
  assert.ok(await accounts.accessTokens.find(again.accessToken));
});

test('tokens of a device that logged out, or that never were, are gone for good', async (t) => {
  const { accounts, userId, login, refreshToken } = await loggedIn(t);
  await accounts.logouts.logOut(userId, 'PHONE');
  assert.equal(await accounts.accessTokens.find(login.accessToken), undefined);
  await assert.rejects(accounts.refreshTokens.refresh(refreshToken), forGood);
  for (const strange of ['', 'sottor_', `sottor_${'a'.repeat(16)}_${'b'.repeat(40)}`, login.accessToken]) {
    await assert.rejects(accounts.refreshTokens.refresh(strange), forGood);
  }
});

test('a login token logs in once, within two minutes', async (t) => {
  const { accounts, clock, userId } = await loggedIn(t);
  const { token, expiresInMs } = await accounts.purposeTokens.forLogin(userId);
  assert.equal(expiresInMs, 120_000);
  assert.equal((await accounts.logins.logInByToken(token, {})).userId, userId);
  await assert.rejects(accounts.logins.logInByToken(token, {}), { errcode: 'M_FORBIDDEN' });
  const late = await accounts.purposeTokens.forLogin(userId);
  clock.advance(120_000);
  await assert.rejects(accounts.logins.logInByToken(late.token, {}), { errcode: 'M_FORBIDDEN' });
});

test('an OpenID token tells whose it is for an hour, and logs nobody in', async (t) => {
  const { accounts, clock, userId } = await loggedIn(t);
  const { token } = await accounts.purposeTokens.forOpenId(userId);
  assert.equal(await accounts.purposeTokens.findOpenId(token), userId);
  await assert.rejects(accounts.logins.logInByToken(token, {}), { errcode: 'M_FORBIDDEN' });
  clock.advance(3_600_000);
  assert.equal(await accounts.purposeTokens.findOpenId(token), undefined);
});

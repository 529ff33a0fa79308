import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAppserviceRegistration } from './appservice-registration.ts';

const file = {
  id: 'irc',
  url: 'http://localhost:1234/bridge/',
  as_token: 'secret of the service',
  hs_token: 'secret of the server',
  sender_localpart: '_irc_bot',
  namespaces: { users: [{ exclusive: true, regex: '@_irc_.*' }], aliases: [{ exclusive: false, regex: '#_irc_.*' }] },
  receive_ephemeral: true,
  rate_limited: false,
  protocols: ['irc'],
};

test('a registration file is read, with what was left out', () => {
  assert.deepEqual(readAppserviceRegistration(file).registration, {
    id: 'irc',
    url: 'http://localhost:1234/bridge',
    asToken: 'secret of the service',
    hsToken: 'secret of the server',
    senderLocalpart: '_irc_bot',
    namespaces: {
      users: [{ exclusive: true, regex: '@_irc_.*' }],
      aliases: [{ exclusive: false, regex: '#_irc_.*' }],
      rooms: [],
    },
    receivesEphemeral: true,
    receivesDeviceChanges: false,
    protocols: ['irc'],
  });
  const quiet = readAppserviceRegistration({ ...file, url: null, receive_ephemeral: undefined, protocols: null });
  assert.equal(quiet.registration?.url, undefined);
  assert.equal(quiet.registration?.receivesEphemeral, false);
  const encrypted = readAppserviceRegistration({ ...file, 'org.matrix.msc3202': true });
  assert.equal(encrypted.registration?.receivesDeviceChanges, true);
});

test('everything that is wrong is said at once, and no token with it', () => {
  assert.deepEqual(readAppserviceRegistration(null).problems, ['must hold keys']);
  assert.deepEqual(readAppserviceRegistration({ hs_token: 7, as_token: 'secret' }).problems, [
    'id: is missing',
    'url: is missing',
    'hs_token: must be a text that is not empty',
    'sender_localpart: is missing',
    'namespaces: is missing',
  ]);
  const wrong = {
    ...file,
    id: 'a|b',
    url: 'ftp://a',
    sender_localpart: 'not one',
    receive_ephemeral: 'yes',
    protocols: 'irc',
    namespaces: { users: [{ exclusive: 'yes', regex: '(' }, 'x'], rooms: {} },
  };
  assert.deepEqual(readAppserviceRegistration(wrong).problems, [
    'url: must be an http or https address, or null',
    'namespaces.users.0.exclusive: must be true or false',
    'namespaces.users.0.regex: must be a regular expression',
    'namespaces.users.1.exclusive: must be true or false',
    'namespaces.users.1.regex: must be a regular expression',
    'namespaces.rooms: must be a list',
    'receive_ephemeral: must be true or false',
    'protocols: must be a list of texts',
    'sender_localpart: "not one" is no localpart',
    'id: must not contain a "|"',
  ]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError } from './index.ts';
import { loadRegistrations } from './registrations.ts';

const irc = `
id: irc
url: null
as_token: token of irc
hs_token: secret
sender_localpart: irc_bot
namespaces:
  users:
    - exclusive: true
      regex: "@irc_.*"
`;

const problemsOf = (files: Record<string, string>): readonly string[] => {
  try {
    loadRegistrations(Object.keys(files), (path) => files[path]);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems;
  }
};

test('registration files are YAML', () => {
  const [registration] = loadRegistrations(['irc.yaml'], () => irc);
  assert.equal(registration?.id, 'irc');
  assert.deepEqual(registration?.namespaces.users, [{ exclusive: true, regex: '@irc_.*' }]);
  assert.deepEqual(
    loadRegistrations([], () => undefined),
    [],
  );
});

test('each file that is wrong is named with its reasons, and no secret', () => {
  const place = (path: string) => `applicationServices: ${path}`;
  assert.deepEqual(problemsOf({ 'a.yaml': irc.replace('irc_bot', 'IRC Bot'), 'b.yaml': 'as_token: [secret' }), [
    `${place('a.yaml')}: sender_localpart: "IRC Bot" is no localpart`,
    `${place('b.yaml')}: can't be read (BAD_INDENT)`,
  ]);
  assert.deepEqual(problemsOf({ 'a.yaml': irc, 'b.yaml': irc.replace('irc_bot', 'other_bot') }), [
    'applicationServices: two files have the same id',
    'applicationServices: two files have the same as_token',
  ]);
  const unreadable = () => {
    throw Object.assign(new Error('no'), { code: 'EACCES' });
  };
  assert.throws(() => loadRegistrations(['c.yaml'], unreadable), /c\.yaml: can't be read \(EACCES\)/);
});

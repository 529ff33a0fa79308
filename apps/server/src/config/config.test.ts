import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { exampleYaml, operatingTable } from './describe.ts';
import { ConfigError, loadConfig, publicUrlAt } from './index.ts';
import { environmentName, keyNames } from './keys.ts';

interface Given {
  file?: string;
  env?: Record<string, string>;
  argv?: string[];
}

function load({ file, env = {}, argv = [] }: Given) {
  return loadConfig({ argv, env, readFile: (path) => (path === 'sotto.yaml' ? file : undefined) });
}

function problemsOf(given: Given): readonly string[] {
  try {
    load(given);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems;
  }
  assert.fail('the configuration was taken');
}

test('without a word from the operator everything has its default', () => {
  const config = load({});
  assert.equal(config.server.name, 'localhost');
  assert.equal(config.server.publicUrl, 'http://localhost:8008');
  assert.equal(config.listen.port, 8008);
  assert.equal(config.dataDir, './data');
  assert.equal(config.database, 'sqlite');
  assert.equal(config.registration.mode, 'invite');
  assert.equal(config.registration.sharedSecret, undefined);
  assert.equal(config.rateLimits.enabled, true);
  assert.deepEqual({ ...config.passwordHash }, { memoryKiB: 19456, iterations: 2 });
  assert.equal(config.rooms.defaultVersion, '12');
  assert.deepEqual(config.applicationServices, []);
  assert.equal(config.media.maxUploadBytes, 50 * 1024 * 1024);
  assert.ok(Object.isFrozen(config) && Object.isFrozen(config.listen));
});

test('the file is read, and the environment wins over it', () => {
  const file = 'server:\n  name: example.org\nlisten:\n  port: 1\nrooms:\n  defaultVersion: 11\n';
  const config = load({ file, env: { SOTTO_LISTEN_PORT: '9000' } });
  assert.equal(config.server.name, 'example.org');
  assert.equal(config.listen.port, 9000);
  assert.equal(config.rooms.defaultVersion, '11');
  assert.equal(config.server.publicUrl, 'http://localhost:9000');
});

test('--config wins over SOTTO_CONFIG, and both over sotto.yaml', () => {
  const readFile = (path: string) => `server: { name: ${path} }`;
  const nameWith = (argv: string[], env: Record<string, string>) => loadConfig({ argv, env, readFile }).server.name;
  assert.equal(nameWith(['--config', 'a'], { SOTTO_CONFIG: 'b' }), 'a');
  assert.equal(nameWith(['--config=a'], {}), 'a');
  assert.equal(nameWith([], { SOTTO_CONFIG: 'b' }), 'b');
  assert.equal(nameWith([], {}), 'sotto.yaml');
});

test('lists in the environment are JSON or separated by commas', () => {
  const secret = { SOTTO_TURN_SHARED_SECRET: 's' };
  const urisFrom = (text: string) => load({ env: { ...secret, SOTTO_TURN_URIS: text } }).turn.uris;
  assert.deepEqual(urisFrom('turn:a, turns:b'), ['turn:a', 'turns:b']);
  assert.deepEqual(urisFrom('["turn:a","turns:b"]'), ['turn:a', 'turns:b']);
});

test('words in capitals may be divided in any way', () => {
  assert.equal(environmentName('passwordHash.memoryKiB'), 'SOTTO_PASSWORD_HASH_MEMORY_KIB');
  for (const name of ['SOTTO_PASSWORD_HASH_MEMORY_KI_B', 'SOTTO_PASSWORDHASH_MEMORYKIB']) {
    assert.equal(load({ env: { [name]: '64' } }).passwordHash.memoryKiB, 64);
  }
  assert.match(problemsOf({ env: { SOTTO_DATA_DIR: 'a', SOTTO_DATADIR: 'b' } }).join(), /given twice/);
});

test('all problems come at once, each with key, value, what is allowed and where it stands', () => {
  const file = 'listen:\n  port: 70000\nregistration:\n  mode: everyone\nguests: yes please\nlog:\n  levle: info\n';
  const problems = problemsOf({ file, env: { SOTTO_RATE_LIMITS_ENABLED: 'no', SOTTO_LISTEN_PROT: '1' }, argv: ['-v'] });
  assert.deepEqual(problems, [
    '-v: unknown argument; allowed: --config FILE',
    'guests: must hold keys; allowed: enabled (sotto.yaml)',
    'log.levle: unknown key; did you mean log.level? (sotto.yaml)',
    'SOTTO_LISTEN_PROT: unknown variable; did you mean SOTTO_LISTEN_PORT?',
    'listen.port: 70000 is not allowed; allowed: a whole number from 0 to 65535 (sotto.yaml)',
    'registration.mode: "everyone" is not allowed; allowed: open, invite, closed (sotto.yaml)',
    'rateLimits.enabled: "no" is not allowed; allowed: true, false (SOTTO_RATE_LIMITS_ENABLED)',
  ]);
});

test('every key refuses a value of a wrong shape by its name', () => {
  for (const name of keyNames) {
    const file = JSON.stringify({ [name]: { wrong: true } });
    assert.ok(
      problemsOf({ file }).some((line) => line.startsWith(`${name}: `)),
      name,
    );
  }
});

test('each of these values is refused', () => {
  const wrong: [string, string][] = [
    ['server.name', 'exa mple'],
    ['server.publicUrl', 'ftp://example.org'],
    ['server.publicUrl', 'https://example.org/chat'],
    ['server.publicUrl', 'https://user:word@example.org'],
    ['listen.port', '80.5'],
    ['listen.port', '0x50'],
    ['database', 'mysql://localhost'],
    ['turn.uris', '["http://example.org"]'],
    ['turn.uris', '[not json'],
    ['email.from', 'nobody'],
    ['rooms.defaultVersion', '9'],
    ['media.maxUploadBytes', '0'],
  ];
  for (const [name, value] of wrong) {
    const problems = problemsOf({ env: { [environmentName(name)]: value } });
    assert.ok(problems[0]?.startsWith(`${name}: `), `${name} ${value}: ${problems}`);
  }
});

test('a secret is in no problem, no JSON and no inspection', () => {
  const canary = 'hunter2';
  const env = { SOTTO_EMAIL_SMTP_URL: `http://${canary}@host`, SOTTO_EMAIL_FROM: 'a@b' };
  const file = `registration:\n  sharedSecret: [${canary}]\n  sharedSecrets: ${canary}\n`;
  const problems = problemsOf({ env, file });
  assert.equal(problems.length, 3);
  assert.ok(!problems.join().includes(canary));
  assert.ok(
    !problemsOf({ file: `registration:\n  sharedSecret: "${canary}\n` })
      .join()
      .includes(canary),
  );
  const config = load({
    env: { SOTTO_REGISTRATION_SHARED_SECRET: canary, SOTTO_DATABASE: `postgres://u:${canary}@h/d` },
  });
  assert.equal(config.registration.sharedSecret, canary);
  assert.ok(!(JSON.stringify(config) + inspect(config, { depth: 5 })).includes(canary));
});

test('keys that need each other are asked for together', () => {
  assert.match(problemsOf({ env: { SOTTO_EMAIL_FROM: 'a@b' } }).join(), /given together/);
  assert.match(problemsOf({ env: { SOTTO_TURN_URIS: 'turn:a' } }).join(), /turn\.sharedSecret/);
});

test('a file that is named and missing, unreadable or not YAML stops the start', () => {
  assert.deepEqual(problemsOf({ argv: ['--config', 'other.yaml'] }), ['other.yaml: there is no such file']);
  assert.match(problemsOf({ argv: ['--config'] }).join(), /needs the path/);
  assert.match(problemsOf({ file: 'a: 1\na: 2\n' }).join(), /line 2 is not YAML \(DUPLICATE_KEY\)/);
  assert.match(problemsOf({ file: '- a\n' }).join(), /must hold keys/);
  const readFile = () => {
    throw Object.assign(new Error('no'), { code: 'EACCES' });
  };
  assert.throws(() => loadConfig({ argv: [], env: {}, readFile }), /sotto\.yaml: can't be read \(EACCES\)/);
});

test('a key with nothing behind it and an empty variable are not given', () => {
  assert.equal(load({ file: 'listen:\n  port:\nserver:\n', env: { SOTTO_LISTEN_HOST: '' } }).listen.port, 8008);
});

test('the public URL follows a free port, and stays as given otherwise', () => {
  assert.equal(publicUrlAt(load({ env: { SOTTO_LISTEN_PORT: '0' } }), 4321), 'http://localhost:4321');
  const given = { SOTTO_LISTEN_PORT: '0', SOTTO_SERVER_PUBLIC_URL: 'https://example.org/' };
  assert.equal(publicUrlAt(load({ env: given }), 4321), 'https://example.org');
});

test('no two keys share an environment variable', () => {
  const squeezed = keyNames.map((name) => environmentName(name).replaceAll('_', ''));
  assert.equal(new Set(squeezed).size, keyNames.length);
});

const fromRoot = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');

test('sotto.example.yaml is the table, and says what holds without it', () => {
  assert.equal(fromRoot('sotto.example.yaml'), exampleYaml(), 'run: node tools/config-docs.ts');
  assert.deepEqual(load({ file: exampleYaml() }), load({}));
});

test('docs/operating.md has the table', () => {
  assert.ok(fromRoot('docs/operating.md').includes(operatingTable()), 'run: node tools/config-docs.ts');
});

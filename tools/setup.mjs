// Makes sure that what the commands need is there: the packages of package-lock.json, and for --test a Chromium.
// Runs before `npm start`, `npm test` and `npm run bench`, with whatever Node the machine has (20 is enough); the pinned
// one comes with the packages and is first on the PATH of the script that follows. Does nothing when nothing is missing.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const stampPath = join(root, 'node_modules', '.sotto-stamp');
const chromiumPath = '/usr/bin/chromium';

/** After this long without an end an installation is taken for stuck, and tried once more. */
const stuckMs = 5 * 60_000;
const signOfLifeMs = 20_000;

await ensurePackages();
if (process.argv.includes('--test')) ensureChromium();

async function ensurePackages() {
  const lockfile = readFileSync(join(root, 'package-lock.json'));
  const stamp = createHash('sha256').update(lockfile).update(`${process.platform} ${process.arch}`).digest('hex');
  if (existsSync(stampPath) && readFileSync(stampPath, 'utf8') === stamp) return;
  say('Installing packages …');
  const npm = npmCommand();
  const install = [...npm, 'ci', '--no-audit', '--no-fund', '--loglevel=error'];
  let result = await runWithLimit(install);
  if (result.isStuck) {
    say('The installation does not go on; trying once more …');
    result = await runWithLimit(install);
  }
  if (result.code !== 0)
    stop(
      `The packages could not be installed (${result.reason}). Is the npm registry reachable? \`npm ci\` shows all of it.`,
    );
  const node = run(join(root, 'node_modules', '.bin', 'node'), ['--version']);
  if (node.code !== 0)
    stop('The pinned Node was not installed: npm must be allowed to run its install script (ignore-scripts=false).');
  writeFileSync(stampPath, stamp);
}

/** The npm that runs this script, otherwise the one on the PATH. */
function npmCommand() {
  const running = process.env.npm_execpath ?? '';
  return /npm-cli\.[cm]?js$/.test(running) ? [process.execPath, running] : ['npm'];
}

/** The browser tests run on Debian's Chromium. Without it they are skipped, which the last line of the tests says. */
function ensureChromium() {
  if (existsSync(chromiumPath)) return;
  const byHand = (why) =>
    `Browser tests are skipped, for there is no Chromium${why}. Get it with: sudo apt-get update && sudo apt-get install -y chromium`;
  const prefix = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const mayInstall =
    run('apt-get', ['--version']).code === 0 && (prefix.length === 0 || run('sudo', ['-n', 'true']).code === 0);
  if (!mayInstall) return say(byHand(''));
  say('Installing Chromium …');
  const steps = [['update'], ['install', '-y', '--no-install-recommends', 'chromium']];
  for (const step of steps) {
    const [command, ...args] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', ...step];
    const result = run(command, args);
    if (result.code !== 0) return say(byHand(` (apt-get ${step[0]}: ${result.reason})`));
  }
}

function run(command, args) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  const lines = `${stdout ?? ''}\n${stderr ?? ''}`.split('\n').filter((line) => line.trim() !== '');
  return { code: status ?? 1, reason: error?.message ?? tellingLine(lines) ?? `exit code ${status}` };
}

/** Runs a command with a sign of life now and then; one that is stuck is ended with all that it started. */
function runWithLimit([command, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const printed = [];
    let isStuck = false;
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => printed.push(data));
    const life = setInterval(() => say('… still installing'), signOfLifeMs);
    const endGroup = () => {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    };
    const limit = setTimeout(() => {
      isStuck = true;
      endGroup();
    }, stuckMs);
    // In a group of its own the installation would outlive a Ctrl-C.
    const onSignal = () => {
      endGroup();
      process.exit(130);
    };
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, onSignal);
    const done = (code, error) => {
      clearInterval(life);
      clearTimeout(limit);
      for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, onSignal);
      const lines = Buffer.concat(printed)
        .toString()
        .split('\n')
        .filter((line) => line.trim() !== '');
      const reason = isStuck
        ? 'the registry did not answer in time'
        : (error?.message ?? tellingLine(lines) ?? `exit code ${code}`);
      resolve({ code: code ?? 1, reason, isStuck });
    };
    child.once('error', (error) => done(1, error));
    child.once('close', (code) => done(code));
  });
}

/** Of all that npm or apt-get say when they fail, the line that says why. */
function tellingLine(lines) {
  const about = /^npm (?:error|ERR!) (?:code|errno|syscall|path|dest|command failed|A complete log)\b/;
  const telling = lines.find((line) => /^(?:npm (?:error|ERR!)|E:) \S/.test(line) && !about.test(line)) ?? lines.at(-1);
  return telling?.replace(/^(?:npm (?:error|ERR!)|E:) /, '');
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

function stop(line) {
  say(line);
  process.exit(1);
}

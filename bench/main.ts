/** `npm run bench`: all benches. `npm run bench -- NAME… [--seconds N] [--profile]`: some. Figures also come as JSON. */
import { parseArgs } from 'node:util';
import { type Bench, type Figure, reached } from './bench.ts';
import { firstSync, slidingFirst } from './first-sync.ts';
import { idleMemory } from './idle-memory.ts';
import { idlePolls } from './idle-polls.ts';
import { keys } from './keys.ts';
import { largeRoom } from './large-room.ts';
import { describeMachine } from './machine.ts';
import { openRoom } from './open-room.ts';
import { restore, unlock } from './recovery.ts';
import { sends } from './sends.ts';
import { slowDisk } from './slow-disk.ts';
import { start } from './start.ts';
import { startFull } from './start-full.ts';
import { wake } from './wake.ts';
import { webOpen } from './web-open.ts';
import { webSize } from './web-size.ts';

const benches: readonly Bench[] = [
  sends,
  slowDisk,
  wake,
  idlePolls,
  largeRoom,
  keys,
  firstSync,
  slidingFirst,
  webSize,
  webOpen,
  unlock,
  restore,
  openRoom,
  idleMemory,
  start,
  startFull,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '10' }, profile: { type: 'boolean', default: false } },
});
const unknown = positionals.filter((name) => !benches.some((bench) => bench.name === name));
const seconds = Number(values.seconds);

if (unknown.length > 0 || !(seconds > 0)) {
  console.error(
    unknown.length > 0 ? `There is no bench ${unknown.join(', ')}. There are:` : '--seconds needs a number.',
  );
  for (const { name, sentence } of benches) console.error(`  ${name.padEnd(14)} ${sentence}`);
  process.exitCode = 1;
} else {
  await runAll(benches.filter(({ name }) => positionals.length === 0 || positionals.includes(name)));
}

async function runAll(chosen: readonly Bench[]): Promise<void> {
  const machine = describeMachine();
  console.log(Object.values(machine).join(' · '));
  for (const { name, sentence, run } of chosen) {
    console.log(`\n${name}: ${sentence}`);
    const figures = await run({ seconds, profile: values.profile, say: (line) => console.log(`  ${line}`) });
    for (const figure of figures) console.log(`  ${describe(figure)}`);
    console.log(JSON.stringify({ bench: name, machine, figures }));
  }
}

function describe(figure: Figure): string {
  const { name, value, unit, goal } = figure;
  const number = value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 2 : 0 });
  const aim = goal && ('most' in goal ? `at most ${goal.most}` : `at least ${goal.least}`);
  return `${name}: ${number} ${unit}${aim ? ` (${aim}: ${reached(figure) ? 'reached' : 'MISSED'})` : ''}`;
}

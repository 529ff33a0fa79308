/** `npm run soak`: every scenario of apps/server/faults at its full size. `npm run soak -- NAME…` runs some. */
import { faults } from '../apps/server/faults/index.ts';
import { perform } from '../apps/server/faults/perform.ts';

// The servers of a scenario end with this process, if it ends by `exit`.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const names = process.argv.slice(2);
const unknown = names.filter((name) => !faults.some((fault) => fault.name === name));
if (unknown.length > 0) {
  console.error(`There is no fault ${unknown.join(', ')}. There are:`);
  for (const { name, sentence } of faults) console.error(`  ${name.padEnd(16)} ${sentence}`);
  process.exitCode = 1;
} else {
  for (const fault of faults) if (names.length === 0 || names.includes(fault.name)) await soak(fault);
}

async function soak(fault: (typeof faults)[number]): Promise<void> {
  const begunMs = performance.now();
  const seconds = () => `${Math.round((performance.now() - begunMs) / 1000)} s`;
  console.log(`${fault.name}: ${fault.sentence}`);
  try {
    const outcome = await perform(fault, 'full', (line) => console.log(`  ${seconds()}: ${line}`));
    const holds = typeof outcome === 'string';
    console.log(`${holds ? `✔ ${outcome}` : `- skipped: ${outcome.skipped}`}, ${seconds()}\n`);
  } catch (error) {
    process.exitCode = 1;
    console.error(`✖ after ${seconds()}: ${(error as Error).stack ?? error}\n`);
  }
}

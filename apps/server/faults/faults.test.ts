import { test } from 'node:test';
import { faults } from './index.ts';
import { perform } from './perform.ts';

for (const fault of faults) {
  test(fault.sentence, async (t) => {
    const outcome = await perform(fault, 'small', (line) => t.diagnostic(line));
    if (typeof outcome !== 'string') t.skip(outcome.skipped);
  });
}

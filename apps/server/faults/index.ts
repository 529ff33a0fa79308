/**
 * Things break: the scenarios of part C of docs/security.md. Each has one body and two sizes: `faults.test.ts` runs the small one in
 * `npm test`, `npm run soak` the full one. They stand outside of the server and start real ones; nothing imports them but
 * these two.
 */
import { claimedKeys } from './claimed-keys.ts';
import { cutAnswers } from './cut-answers.ts';
import type { Fault } from './fault.ts';
import { flippedBits } from './flipped-bits.ts';
import { fullDisk } from './full-disk.ts';
import { kill } from './kill.ts';
import { ledger } from './ledger.ts';
import { lockedDatabase } from './locked-database.ts';
import { powerLoss } from './power-loss.ts';
import { repeatedSends } from './repeated-sends.ts';
import { slowReaders } from './slow-readers.ts';
import { wrongClock } from './wrong-clock.ts';

export type { Fault, Stage } from './fault.ts';

export const faults: readonly Fault[] = [
  kill,
  powerLoss,
  repeatedSends,
  ledger,
  cutAnswers,
  claimedKeys,
  fullDisk,
  lockedDatabase,
  slowReaders,
  wrongClock,
  flippedBits,
];

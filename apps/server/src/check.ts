/**
 * Looks for damage in everything that is kept, also while the server runs: `npm run check -- --config FILE`. Prints a line for
 * each finding and ends with 1 if there is any. While damage is noted the server clears nothing away, for what looks
 * superfluous may be what is needed to mend it; a check that finds nothing takes the note back.
 */
import fs from 'node:fs';
import { examineSqlite } from '@sotto/sql';
import { damageNote, databaseFile, mediaFolder } from './config/data-folder.ts';
import { ConfigError, loadConfig } from './config/index.ts';
import { findDamage } from './services/integrity/index.ts';
import { createMediaFiles } from './services/media/media-files.ts';
import { randomText } from './services/random-text.ts';

/** More would not be read. */
const mostLines = 200;

try {
  const config = loadConfig({
    argv: process.argv.slice(2),
    env: process.env,
    readFile: (path) => (fs.existsSync(path) ? fs.readFileSync(path, 'utf8') : undefined),
  });
  const findings: string[] = [];
  const examined = examineSqlite(databaseFile(config));
  const { pathOf } = createMediaFiles({ folder: mediaFolder(config), random: randomText });
  for await (const line of findDamage({ ...examined, pathOf })) {
    if (findings.push(line) <= mostLines) process.stdout.write(`${line}\n`);
  }
  examined.close();
  if (findings.length === 0) fs.rmSync(damageNote(config), { force: true });
  else fs.writeFileSync(damageNote(config), `${findings.slice(0, mostLines).join('\n')}\n`, { mode: 0o600 });
  process.stdout.write(
    findings.length === 0
      ? 'Everything is as it was written.\n'
      : `${findings.length} findings. Nothing is cleared away until they are mended; restore a backup.\n`,
  );
  process.exitCode = findings.length === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof ConfigError ? error.message : ((error as Error).stack ?? error)}\n`);
  process.exitCode = 1;
}

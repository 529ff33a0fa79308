import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSeed, type Seed } from './seed.ts';

/** Runs `use` with a data folder that `fill` has filled through the server's own services; it is removed afterwards. */
export async function withSeed<S, T>(
  fill: (seed: Seed) => Promise<S>,
  use: (filled: S, dataDir: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-bench-'));
  try {
    const dataDir = join(folder, 'data');
    const seed = await openSeed(dataDir);
    const filled = await fill(seed).finally(seed.close);
    return await use(filled, dataDir);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What `t` of a test offers for cleaning up. */
export interface Owner {
  after(cleanUp: () => void | Promise<void>): void;
}

/** A new folder that is removed, with all in it, when the test ends. */
export function temporaryFolder(owner: Owner): string {
  const path = mkdtempSync(join(tmpdir(), 'sotto-test-'));
  owner.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

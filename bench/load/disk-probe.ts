import fs from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Syncs a small file again and again: what a send waits for in any case, on this disk at this moment. */
export interface DiskProbe {
  /** Resolves with how long each sync took, in milliseconds, least first. */
  stop(): Promise<number[]>;
}

const everyMs = 50;
const bytes = 4096;

export function startDiskProbe(folder: string): DiskProbe {
  const path = join(folder, 'disk-probe');
  const tookMs: number[] = [];
  let isStopped = false;
  const probing = (async () => {
    const file = await open(path, 'w+');
    for (let n = 0; !isStopped; n++) {
      // Within a few pages that are there already, as SQLite writes its log.
      await file.write(Buffer.alloc(bytes, n), 0, bytes, (n % 16) * bytes);
      const beganMs = performance.now();
      await file.datasync();
      if (n >= 16) tookMs.push(performance.now() - beganMs);
      await sleep(everyMs);
    }
    await file.close();
    fs.rmSync(path);
  })();
  return {
    async stop() {
      isStopped = true;
      await probing;
      return tookMs.sort((a, b) => a - b);
    },
  };
}

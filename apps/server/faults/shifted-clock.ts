import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type StartServerOptions, startServer, temporaryFolder } from '@sotto/testing';
import type { Stage } from './fault.ts';

/** Put before the server's own modules: its wall clock is off by as many milliseconds as the file says. */
const shiftClock = `import { readFileSync } from 'node:fs';
const real = Date.now;
Date.now = () => real() + Number(readFileSync(process.env.CLOCK_FILE, 'utf8'));`;

/** A server whose wall clock can be set while it runs; right at first. */
export async function startWithClock(stage: Stage, options: StartServerOptions) {
  const file = join(temporaryFolder(stage), 'offset');
  const setClock = (offsetMs: number) => writeFileSync(file, String(offsetMs));
  setClock(0);
  const server = await startServer({
    ...options,
    nodeFlags: ['--import', `data:text/javascript,${encodeURIComponent(shiftClock)}`],
    env: { CLOCK_FILE: file },
  });
  stage.after(server.stop);
  return { server, setClock };
}

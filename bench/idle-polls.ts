import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { type TestServer, until } from '@sotto/testing';
import type { Bench, BenchOptions, Figure } from './bench.ts';
import { openPolls, type Polls } from './load/polls.ts';
import type { Person } from './load/seed.ts';
import { withSeed } from './load/with-seed.ts';
import { processorMs, residentBytes } from './machine.ts';
import { onServer } from './on-server.ts';

const clients = 10_000;
const perRoom = 10;
/** As clients ask. What is measured is as long, so that each poll ends and begins once. */
const pollSeconds = 30;

export const idlePolls: Bench = {
  name: 'idle-polls',
  sentence: `${clients.toLocaleString('en')} long polls of ${pollSeconds} s to which nothing comes, in rooms of ${perRoom}`,
  run(options) {
    const limit = openFilesLimit();
    if (limit < clients + 500)
      throw new Error(`${clients} connections need more open files than ${limit}: raise \`ulimit -n\``);
    return withSeed(
      async (seed) => {
        const people = await seed.people('person', clients);
        for (let start = 0; start < clients; start += perRoom) await seed.room(people.slice(start, start + perRoom));
        return { people, since: `s${seed.services.newest()}` };
      },
      (seeded, dataDir) => onServer({ ...options, dataDir }, (server) => measure(server, seeded, options)),
    );
  },
};

async function measure(
  server: TestServer,
  { people, since }: { people: readonly Person[]; since: string },
  { say }: BenchOptions,
): Promise<Figure[]> {
  const residentBefore = residentBytes(server.pid as number);
  const tokens = people.map((each) => each.accessToken);
  const polls = await openPolls({ url: server.url, tokens, timeoutMs: pollSeconds * 1000, since });
  try {
    await untilQuiet(polls);
    const before = { ms: processorMs(server.pid), answers: polls.answers(), atMs: performance.now() };
    await sleep(pollSeconds * 1000);
    const tookMs = performance.now() - before.atMs;
    const usedMs = processorMs(server.pid) - before.ms;
    const answers = polls.answers() - before.answers;
    if (polls.failures() > 0) throw new Error(`${polls.failures()} polls failed`);
    say(`${answers} polls ended and began anew meanwhile, ${Math.round((1000 * usedMs) / answers)} µs each`);
    const resident = residentBytes(server.pid as number);
    return [
      { name: 'resident memory', value: resident / 1e6, unit: 'MB', goal: { most: 1000 } },
      { name: 'of it each poll', value: (resident - residentBefore) / clients / 1e3, unit: 'kB' },
      { name: 'processor', value: (100 * usedMs) / tookMs, unit: '% of a core', goal: { most: 5 } },
    ];
  } finally {
    polls.close();
  }
}

/** When everybody has been told who else has come. */
async function untilQuiet(polls: Polls): Promise<void> {
  let last = -1;
  await until(
    async () => {
      const before = last;
      last = polls.answers();
      await sleep(1000);
      return last === before;
    },
    { deadlineMs: 30_000, what: 'nobody is told anything' },
  );
}

function openFilesLimit(): number {
  const limit = execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim();
  return limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit);
}

/** A flow whose page is closed in the middle, or whose network goes for good. */
import type { TestServer } from '@sotto/testing';
import { indexedDB } from 'fake-indexeddb';
import { newSession, type TestPerson } from './people.ts';

export interface Cut {
  /** 1 is the first request. */
  at: number;
  flow(person: TestPerson): Promise<unknown>;
  /** Which requests count; all but the poll unless told otherwise. */
  isStep?(path: string): boolean;
}

const isNoPoll = (path: string) => !path.endsWith('/sync');

/**
 * Runs `flow` with the network gone from its `at`-th request on, and opens the page anew. Undefined when it ended before.
 * Nothing of the old page reaches the server any more, however long the SDK tries.
 */
export async function interrupted(
  server: TestServer,
  person: TestPerson,
  { at, flow, isStep = isNoPoll }: Cut,
): Promise<TestPerson | undefined> {
  let count = 0;
  const cutOff = Promise.withResolvers<'cut'>();
  person.wire.cut = (path) => {
    if (isStep(path)) count++;
    if (count < at) return false;
    cutOff.resolve('cut');
    return true;
  };
  const ended = await Promise.race([cutOff.promise, flow(person).then(() => 'whole' as const)]);
  if (ended === 'cut') return newPage(server, person);
  delete person.wire.cut;
  return undefined;
}

/** The same device after the page was closed. */
export async function newPage(server: TestServer, { name, userId, session, storage }: TestPerson): Promise<TestPerson> {
  await session.stop();
  const page = newSession(server, name, { storage, indexedDB });
  await page.session.restore();
  return { ...page, userId };
}

/**
 * What a page was doing when it closed fails in this process, inside of the SDK and with nobody there to hear it; a browser
 * ends it without a word. Call it once the tests run.
 */
export function forgetClosedPages(): void {
  for (const listener of process.listeners('unhandledRejection')) {
    process.off('unhandledRejection', listener);
    process.on('unhandledRejection', (reason, promise) => {
      if (!/(was|has been) stopped|operation was aborted|null pointer passed to rust/.test(String(reason)))
        listener(reason, promise);
    });
  }
}

import type { Bus } from '@sotto/bus';
import type { Logging } from '../logging.ts';

/** A reader of the log inside the server, with a position of its own. */
export interface LogFollower {
  /** Looks for news now, without waiting for a hint. */
  wake(): void;
  /** Resolves once the step that runs has ended; none begins afterwards. */
  close(): Promise<void>;
}

export interface FollowOptions {
  bus: Bus;
  logging: Logging;
  newest: () => number;
  /** Everything up to here was seen. */
  from: number;
  /** Sees to `(since, upto]`, or its first part; resolves with how far it came. Told again when it throws. */
  step(range: { since: number; upto: number }): Promise<number>;
}

/** A lost hint costs no more than this. */
const pollMs = 30_000;
const restMs = 1_000;

/** Calls `step` for all that the log gets, in order, one step at a time. */
export function followLog({ bus, logging, newest, from, step }: FollowOptions): LogFollower {
  let position = from;
  let running: Promise<void> | undefined;
  let rest: NodeJS.Timeout | undefined;
  let isClosed = false;

  async function run(): Promise<void> {
    while (!isClosed && position < newest()) position = await step({ since: position, upto: newest() });
  }

  function wake(): void {
    if (isClosed || running !== undefined || rest !== undefined || position >= newest()) return;
    running = run()
      .catch((error: Error) => {
        logging.error('following the log failed', { error });
        rest = setTimeout(() => {
          rest = undefined;
          wake();
        }, restMs).unref();
      })
      .then(() => {
        running = undefined;
        wake();
      });
  }

  const unsubscribe = bus.subscribe(wake);
  const poll = setInterval(wake, pollMs).unref();
  wake();
  return {
    wake,
    async close() {
      isClosed = true;
      unsubscribe();
      clearInterval(poll);
      clearTimeout(rest);
      await running;
    },
  };
}

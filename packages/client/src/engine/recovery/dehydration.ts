import type { CryptoApi, StartDehydrationOpts } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { MatrixError } from 'matrix-js-sdk/lib/http-api/errors.js';
import type { Machine } from '../machine.ts';
import { isOfRequest } from '../sdk-problems.ts';
import { within } from '../within.ts';

/**
 * A device that sleeps on the server: it gets the keys of what is written while the person is logged in nowhere, and the
 * next session that opens the storage wakes it (features B10, MSC3814). An addition: where the server doesn't offer it, or
 * something fails, all else goes on.
 */
export interface Sleeper {
  /**
   * Wakes the one that there is, unless told otherwise, and lays another one down in its place. Never rejects; what the network
   * didn't let through is tried again. Ends after a while even when a request is never answered.
   */
  dehydrate(options: StartDehydrationOpts): Promise<void>;
}

/** One attempt at a time; one that takes too long no longer holds up the next, and gives way to it. */
export function createSleeper(
  crypto: CryptoApi,
  { sleeper, isOver }: Pick<Machine, 'sleeper'> & { isOver(): boolean },
): Sleeper {
  sleeper.letGoQuietly();
  let isLeft = false;
  let last = Promise.resolve();
  let latest = 0;

  async function attempt(
    { rehydrate = true, ...options }: StartDehydrationOpts,
    isLatest: () => boolean,
  ): Promise<void> {
    // Before any request: whoever has the key on this device need not enter anything for the next attempt.
    if (rehydrate && !(await sleeper.rememberKey().catch(() => false)) && options.onlyIfKeyCached) return;
    if (!(await crypto.isDehydrationSupported())) return;
    // What can't be opened is replaced. What just couldn't be fetched is not: its messages would go with it.
    if (rehydrate && isLatest())
      await sleeper.wake().catch((error: unknown) => (isPassing(error) ? Promise.reject(error) : undefined));
    // Answered so late that another attempt took over: two would lay down devices under different keys.
    if (!isLatest() || isOver()) return;
    await crypto.startDehydration({ ...options, rehydrate: false });
    // The session ended meanwhile: the SDK has stopped what was there by then, and would go on with this for ever.
    if (isOver()) sleeper.end();
  }

  async function tryFor(options: StartDehydrationOpts): Promise<void> {
    const mine = ++latest;
    const isLatest = () => mine === latest;
    const end = (isToRepeat: boolean) => {
      if (!isLatest()) return;
      isLeft = isToRepeat;
      if (isLeft) setTimeout(again, againMs);
    };
    const ended = attempt(options, isLatest).then(
      () => end(false),
      (error: unknown) => end(isPassing(error)),
    );
    // Fetching much over a slow network may go on after it, while nothing else is asked for.
    await within(ended, attemptMs);
  }

  function dehydrate(options: StartDehydrationOpts): Promise<void> {
    last = last.then(() => tryFor(options));
    return last;
  }

  function again(): void {
    if (!isLeft || isOver()) return;
    isLeft = false;
    void dehydrate({ onlyIfKeyCached: true });
  }

  return { dehydrate };
}

const againMs = 8000;
const attemptMs = 30_000;

/** Whether the network is to blame, or a server that falters. */
function isPassing(error: unknown): boolean {
  if (error instanceof MatrixError) return (error.httpStatus ?? 500) >= 500 || error.httpStatus === 429;
  return isOfRequest(error);
}

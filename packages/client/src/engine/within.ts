import { ProblemError } from '../types.ts';

/** What `work` comes to, or undefined once `timeoutMs` have passed; the work itself goes on. */
export async function within<T>(work: Promise<T>, timeoutMs: number): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, timeoutMs, undefined);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** What `work` comes to. Throws `network` once `timeoutMs` have passed; the work itself goes on. */
export async function inTime<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  const over = await within(
    work.then((value) => ({ value })),
    timeoutMs,
  );
  if (!over) throw new ProblemError({ kind: 'network' });
  return over.value;
}

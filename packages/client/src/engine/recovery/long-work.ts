import { ProblemError } from '../../types.ts';

export interface ChunkOptions {
  chunkSize: number;
  signal?: AbortSignal | undefined;
  /** Told how many items are done after each chunk. */
  onDone?(done: number): void;
}

/**
 * Works through `items` by chunks, with a way to stop between them. A chunk that fails is counted and passed over, so that
 * one damaged key doesn't cost all others. Throws `cancelled`.
 */
export async function inChunks<T>(
  items: readonly T[],
  { chunkSize, signal, onDone }: ChunkOptions,
  take: (chunk: readonly T[]) => Promise<void>,
): Promise<{ done: number; failed: number }> {
  let [done, failed] = [0, 0];
  for (let at = 0; at < items.length; at += chunkSize) {
    throwIfStopped(signal);
    const chunk = items.slice(at, at + chunkSize);
    await take(chunk).then(
      () => (done += chunk.length),
      () => (failed += chunk.length),
    );
    onDone?.(done + failed);
    // Lets the screen draw and hear clicks.
    await new Promise((resolve) => setTimeout(resolve));
  }
  return { done, failed };
}

/** Throws `cancelled` when the person has stopped it. */
export function throwIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new ProblemError({ kind: 'cancelled' });
}

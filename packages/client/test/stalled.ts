/** A flow whose network stands still from some request on, and goes on once the flow has ended. */
import { until } from '@sotto/testing';
import type { TestPerson } from './people.ts';

export interface Hang {
  /** On its way there, or on its way back. */
  way: 'stall' | 'hold';
  /** 1 is the first request; polls don't count. */
  at: number;
}

/** How `flow` ends while the network stands still from its `at`-th request on, and whether it ended without such a request. */
export async function stalled<T>({ wire }: TestPerson, { way, at }: Hang, flow: () => Promise<T>) {
  const { promise, resolve: go } = Promise.withResolvers<void>();
  let count = 0;
  wire[way] = (path) => {
    if (!path.endsWith('/sync')) count++;
    return count < at ? undefined : promise;
  };
  const result = await ended(flow(), `it ends although its request ${at} hangs`);
  delete wire[way];
  go();
  return { result, isWhole: count < at };
}

/** Ends, one way or the other, while nothing goes through. */
async function ended<T>(work: Promise<T>, what: string): Promise<PromiseSettledResult<T>> {
  let result: PromiseSettledResult<T> | undefined;
  void Promise.allSettled([work]).then(([settled]) => {
    result = settled;
  });
  return until(() => result, { what });
}

/** A flow whose network stands still from some request on, and goes on once the flow has ended. */
import { until } from '@sotto/testing';
import type { TestPerson } from './people.ts';

export interface Hang {
  /** On its way there, or on its way back. */
  way: 'stall' | 'hold';
  /** 1 is the first request. */
  at: number;
  /** Which requests count; all but polls unless told otherwise. */
  isStep?(path: string): boolean;
  /** The limits that are over while something hangs, and never otherwise, however slow the machine is. */
  patience: { ring(): void };
}

const isNoPoll = (path: string) => !path.endsWith('/sync');

/** How `flow` ends while the network stands still from its `at`-th request on, and whether it ended without such a request. */
export async function stalled<T>(
  { wire }: TestPerson,
  { way, at, isStep = isNoPoll, patience }: Hang,
  flow: () => Promise<T>,
) {
  const { promise, resolve: go } = Promise.withResolvers<void>();
  let count = 0;
  const isHanging = () => count >= at;
  wire[way] = (path) => {
    if (isStep(path)) count++;
    return isHanging() ? promise : undefined;
  };
  const result = await ended(flow(), { patience, isHanging, what: `it ends although its request ${at} hangs` });
  const isWhole = !isHanging();
  delete wire[way];
  go();
  return { result, isWhole };
}

interface Waiting extends Pick<Hang, 'patience'> {
  isHanging(): boolean;
  what: string;
}

/** How `work` ends, whose limits are over again and again as long as something hangs: one may be followed by another. */
export async function ended<T>(
  work: Promise<T>,
  { patience, isHanging, what }: Waiting,
): Promise<PromiseSettledResult<T>> {
  let result: PromiseSettledResult<T> | undefined;
  void Promise.allSettled([work]).then(([settled]) => {
    result = settled;
  });
  return until(
    () => {
      if (isHanging()) patience.ring();
      return result;
    },
    { what },
  );
}

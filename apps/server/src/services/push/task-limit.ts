/** Runs tasks, so many at a time; the others wait in line. */
export interface TaskLimit {
  /** The task must not throw. */
  run(task: () => Promise<void>): void;
  /** Resolves when none runs. */
  idle(): Promise<void>;
}

export function createTaskLimit(most: number): TaskLimit {
  const waiting: (() => Promise<void>)[] = [];
  const onIdle: (() => void)[] = [];
  let running = 0;
  function next(): void {
    const task = running < most ? waiting.shift() : undefined;
    if (task === undefined) {
      if (running === 0) for (const resolve of onIdle.splice(0)) resolve();
      return;
    }
    running++;
    void task().finally(() => {
      running--;
      next();
    });
  }
  return {
    run(task) {
      waiting.push(task);
      next();
    },
    idle: () =>
      running === 0 && waiting.length === 0 ? Promise.resolve() : new Promise((resolve) => onIdle.push(resolve)),
  };
}

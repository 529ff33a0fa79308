const runs = 5;

/**
 * What a piece of work costs: processor time of this process in milliseconds, in the quickest of five runs. What the others
 * have above it is the machine's: the first ones compile, and who shares a processor shares its caches. A test that holds it
 * to a limit leaves room for a busy machine, several times what is measured.
 */
export async function costMs(work: () => unknown): Promise<number> {
  let quickest = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    quickest = Math.min(quickest, (user + system) / 1000);
  }
  return quickest;
}

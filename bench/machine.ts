import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';

/** Where figures come from, for they mean nothing without it. */
export interface Machine {
  processor: string;
  memory: string;
  system: string;
  node: string;
  sqlite: string;
  revision: string;
}

export function describeMachine(): Machine {
  const { node, sqlite } = process.versions;
  return {
    processor: `${cpus().length} × ${cpus()[0]?.model.trim()}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${process.platform} ${release()}`,
    node: `Node ${node}`,
    sqlite: `SQLite ${sqlite ?? 'unknown'}`,
    revision: firstLine('git', ['describe', '--always', '--dirty']),
  };
}

/** What a program prints first; empty when it is not there. */
export function firstLine(command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n')[0] ?? '';
  } catch (error) {
    // Some print their version and exit with 1.
    return String((error as { stdout?: string }).stdout ?? '').split('\n')[0] ?? '';
  }
}

/** Resident memory of a process in bytes (Linux). */
export function residentBytes(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kibibytes) * 1024;
}

/** What a process has used of the processor, all threads: it says the same however busy the machine is. Linux only. */
export function processorMs(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const ticksPerSecond = 100;
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}

import { run } from 'node:test';
import type { Report } from './report.ts';

export interface RunFilesOptions {
  /** Absolute paths. */
  files: readonly string[];
  /** How many files run at once, each in a process of its own. */
  concurrency: number;
  report: Report;
}

/** A file that hangs must not hang the whole run. */
const fileTimeoutMs = 10 * 60_000;

/** Runs test files and tells the report of each test as it ends. */
export async function runFiles({ files, concurrency, report }: RunFilesOptions): Promise<void> {
  if (files.length === 0) return;
  const events = run({ files: [...files], concurrency, timeout: fileTimeoutMs });
  for await (const { type, data } of events) {
    if (type === 'test:pass') report.passed(data);
    else if (type === 'test:fail') report.testFailed(data);
    else if (type === 'test:stderr') report.printed(data);
    else if (type === 'test:diagnostic' && data.file !== undefined)
      report.printed({ ...data, message: `${data.message}\n` });
    else if (type === 'test:summary' && data.file !== undefined) report.fileEnded({ ...data, file: data.file });
  }
  for (const file of files) report.fileLeft(file);
}

import { relative } from 'node:path';
import type { EventData } from 'node:test';
import { inspect } from 'node:util';
import type { Check } from './checks.ts';

/** Prints while tests run, and all that failed once more at the end. */
export interface Report {
  passed(test: EventData.TestPass): void;
  testFailed(test: EventData.TestFail): void;
  /** Something outside of a test file that failed. */
  failed(name: string, why: string): void;
  /** What a file wrote to stderr, or the runner says of it: shown only when the file fails. */
  printed(output: { file?: string | undefined; message: string }): void;
  fileEnded(summary: EventData.TestSummary & { file: string }): void;
  /** The process of a file is gone. One that left before it told how its tests went has failed, whatever its exit code. */
  fileLeft(file: string): void;
  skippedFiles(files: readonly string[], why: string): void;
  /** Runs a check and resolves with whether it holds. */
  check(check: Check): Promise<boolean>;
  failures(): number;
  /** Prints the failures, and as the last line `N passed, N failed`. */
  end(): void;
}

interface ReportOptions {
  root: string;
  print(line: string): void;
}

/** What the runner reports: `cause` is what the test threw; the exit code or signal are those of the process of a file. */
interface RunnerError extends Error {
  failureType?: string;
  exitCode?: number | null;
  signal?: string | null;
}

interface FileResult {
  hasFailed: boolean;
  hasEnded: boolean;
  printed: string;
}

export function createReport({ root, print }: ReportOptions): Report {
  let passes = 0;
  let skips = 0;
  const failures: string[] = [];
  const files = new Map<string, FileResult>();

  const nameOf = (file: string) => relative(root, file);
  const resultOf = (file = '') => {
    const result = files.get(file) ?? { hasFailed: false, hasEnded: false, printed: '' };
    files.set(file, result);
    return result;
  };
  const failed = (name: string, why: string) => {
    failures.push(`✖ ${name}\n${indent(why)}`);
    print(`✖ ${name}`);
  };
  const fileFailed = (file: string, name: string, why: string) => {
    resultOf(file).hasFailed = true;
    failed(`${nameOf(file)} › ${name}`, why);
  };

  return {
    failed,
    passed({ name, details, skip, todo, file = '' }) {
      if (details.type === 'suite') return;
      // The runner lets a file without tests pass as a test of its own.
      if (name === file) return fileFailed(file, 'the file itself', 'holds no test');
      if (skip === undefined && todo === undefined) passes++;
      else skips++;
    },
    testFailed({ name, details, file = '' }) {
      const error: RunnerError = details.error;
      // A suite, or a test with tests in it, fails because of what it holds, and that is told by itself.
      if (error.failureType === 'subtestsFailed') return;
      if (name !== file) return fileFailed(file, name, describe(error));
      const { hasEnded } = resultOf(file);
      fileFailed(file, 'the file itself', [describe(error), ...wayOut(error, hasEnded)].join('\n'));
    },
    printed({ file, message }) {
      const result = resultOf(file);
      result.printed = (result.printed + message).slice(-4000);
    },
    fileEnded({ file, counts: { tests }, success, duration_ms }) {
      const result = resultOf(file);
      result.hasEnded = true;
      result.hasFailed ||= !success;
      print(
        `${success ? '✔' : '✖'} ${nameOf(file)}: ${tests} ${tests === 1 ? 'test' : 'tests'}, ${seconds(duration_ms)}`,
      );
    },
    fileLeft(file) {
      const { hasEnded, hasFailed } = resultOf(file);
      if (!hasEnded && !hasFailed) fileFailed(file, 'the file itself', leftEarly);
    },
    skippedFiles(paths, why) {
      skips += paths.length;
      for (const path of paths) print(`- ${nameOf(path)} skipped: ${why}`);
    },
    async check({ name, run }) {
      const started = performance.now();
      const wrong = await run();
      if (wrong !== '') failed(name, wrong);
      else {
        passes++;
        print(`✔ ${name}: ${seconds(performance.now() - started)}`);
      }
      return wrong === '';
    },
    failures: () => failures.length,
    end() {
      const telling = [...files].filter(([, result]) => result.hasFailed && result.printed !== '');
      const notes = telling.map(([file, { printed }]) => `Printed by ${nameOf(file)}:\n${indent(printed)}`);
      if (failures.length > 0) print(`\nWhat failed:\n\n${[...failures, ...notes].join('\n\n')}\n`);
      print(`${passes} passed, ${failures.length} failed${skips > 0 ? `, ${skips} skipped` : ''}`);
    },
  };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

const leftEarly = 'the process left before it told how its tests went: whatever had not ended by then is missing here';

/** How the process of a file went where that fails the file. */
function wayOut({ exitCode, signal }: RunnerError, hasEnded: boolean): string[] {
  const by = signal ? `by ${signal}` : exitCode === undefined ? undefined : `with exit code ${exitCode}`;
  if (by === undefined) return [];
  return [`the process ended ${by}`, hasEnded ? 'its tests had ended, and what came after them failed' : leftEarly];
}

/** The test runner wraps what was thrown. */
function describe(error: RunnerError): string {
  const thrown = error.cause ?? error;
  if (typeof thrown === 'string') return thrown;
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : inspect(thrown);
}

function indent(text: string): string {
  return text.trimEnd().replace(/^/gm, '    ');
}

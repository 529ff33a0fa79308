/**
 * `npm test`: types, lint, then every `*.test.ts`, the browser tests last and one at a time. `node tools/test.ts PATH…`
 * runs only the tests at or below these paths. The last line is `N passed, N failed`.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checks, webBuildCheck } from './test/checks.ts';
import { createReport } from './test/report.ts';
import { runFiles } from './test/run-files.ts';
import { testFilesBelow } from './test/test-files.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const paths = process.argv.slice(2);
const report = createReport({ root, print: (line) => console.log(line) });

const files = testFilesBelow(root, paths.length > 0 ? paths : ['apps', 'packages', 'tools', 'bench']);
if (paths.length > 0 && files.length === 0) report.failed(paths.join(' '), 'there is no test at or below this path');

if (paths.length === 0) for (const check of checks) await report.check(check);
await runFiles({ files: files.filter((file) => !isBrowserTest(file)), concurrency: 2, report });
await runBrowserTests(files.filter(isBrowserTest));

report.end();
process.exitCode = report.failures() === 0 ? 0 : 1;

function isBrowserTest(file: string): boolean {
  return file.endsWith('.browser.test.ts');
}

async function runBrowserTests(browserTests: readonly string[]): Promise<void> {
  if (browserTests.length === 0) return;
  if (!existsSync('/usr/bin/chromium')) report.skippedFiles(browserTests, 'no Chromium; sudo apt-get install chromium');
  else if (await report.check(webBuildCheck)) await runFiles({ files: browserTests, concurrency: 1, report });
  else report.skippedFiles(browserTests, 'the web app is not built');
}

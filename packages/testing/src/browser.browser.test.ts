/** What Playwright starts a browser with, and what we add to it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { launchBrowser } from './browser.ts';

/** The words that a process of ours was started with; undefined for others, and for one that has ended meanwhile. */
function wordsOf(pid: string): string[] | undefined {
  try {
    const parent = /^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return parent === String(process.pid) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0') : undefined;
  } catch {
    return undefined;
  }
}

test('all that Playwright switches off in the browser stays off', async () => {
  const browser = await launchBrowser();
  try {
    const started = readdirSync('/proc').map((pid) => wordsOf(pid) ?? []);
    const words = started.find((each) => each.some((word) => word.startsWith('--remote-debugging'))) ?? [];
    const lists = words.filter((word) => word.startsWith('--disable-features=')).map((word) => word.split(/[=,]/));
    assert.equal(lists.length, 2, 'the list of Playwright, then ours');
    for (const name of lists[0] ?? []) assert.ok(lists[1]?.includes(name), name);
  } finally {
    await browser.close();
  }
});

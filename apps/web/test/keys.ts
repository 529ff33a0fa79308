/** A person at the keyboard alone: what they press, and where the focus is. */
import assert from 'node:assert/strict';
import { until } from '@sotto/testing';
import type { Page } from 'playwright-core';

export interface Keyboard {
  keys(...pressed: string[]): Promise<void>;
  /** What has the focus, as a screen reader would call it. */
  focused(): Promise<string>;
  focusIs(name: RegExp): Promise<unknown>;
  focusIsVisible(): Promise<void>;
  /** Presses Tab until the focus is there: everything can be reached, in at most `most` steps. */
  tabTo(name: RegExp, most?: number): Promise<void>;
}

/** The keyboard of a page. */
export function createKeyboard(page: Page): Keyboard {
  const keys = async (...pressed: string[]) => {
    for (const key of pressed) await page.keyboard.press(key);
  };
  const focused = () =>
    page.evaluate(() => {
      const element = document.activeElement;
      const by = document.getElementById(element?.getAttribute('aria-labelledby') ?? '')?.innerText;
      const typed = element instanceof HTMLInputElement && element.labels?.[0]?.innerText;
      const labelled = element?.getAttribute('aria-label') ?? by ?? typed;
      return labelled || (element?.textContent ?? '').trim();
    });
  return {
    keys,
    focused,
    focusIs: (name) => until(async () => name.test(await focused()) || undefined, { what: `the focus is on ${name}` }),
    async focusIsVisible() {
      const width = await page.evaluate(() => {
        const element = document.activeElement;
        const outlined =
          element &&
          [element, element.parentElement].find((each) => each && getComputedStyle(each).outlineStyle !== 'none');
        return outlined ? Number.parseFloat(getComputedStyle(outlined).outlineWidth) : 0;
      });
      assert.ok(width >= 2, `an outline of ${width} px around ${await focused()}`);
    },
    async tabTo(name, most = 30) {
      const passed: string[] = [];
      for (let step = 0; step < most; step++) {
        const at = await focused();
        if (name.test(at)) return;
        passed.push(at);
        await keys('Tab');
      }
      assert.fail(`${name} was not reached: ${passed.join(' · ')}`);
    },
  };
}

import { useEffect } from 'react';

/**
 * Focus that keys gave is never lost. What had it may go: a banner that was answered, a dialog whose opener is no longer there.
 * Then the last thing in the page that is marked `data-focus-heir` has it, which is where one most likely goes on; in a dialog
 * it is where that began.
 */
export function useKeptFocus(): void {
  useEffect(() => {
    let isByKeys = false;
    const note = ({ target }: FocusEvent) => {
      isByKeys = target instanceof Element && target.matches(':focus-visible');
    };
    const follow = ({ target, relatedTarget }: FocusEvent) => {
      if (relatedTarget !== null || !isByKeys || !(target instanceof Element)) return;
      requestAnimationFrame(() => {
        if (!target.isConnected && document.activeElement === document.body) heir()?.focus();
      });
    };
    document.addEventListener('focusin', note);
    document.addEventListener('focusout', follow);
    return () => {
      document.removeEventListener('focusin', note);
      document.removeEventListener('focusout', follow);
    };
  }, []);
}

function heir(): HTMLElement | undefined {
  const [dialog] = [...document.querySelectorAll('dialog[open]')].slice(-1);
  const marked = dialog ? dialog.querySelectorAll('[data-autofocus]') : document.querySelectorAll('[data-focus-heir]');
  return [...marked].filter((element) => element instanceof HTMLElement).findLast((each) => each.checkVisibility());
}

import { useState } from 'react';

/** Copies a text, and says how that went; empty before. */
export function useCopy(words: { copied: string; copyByHand: string }): { said: string; copy(text: string): void } {
  const [said, setSaid] = useState('');
  const copy = (text: string) => {
    // Without a secure origin there is no clipboard; then it is copied by hand.
    const copied = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error('no clipboard'));
    copied.then(
      () => setSaid(words.copied),
      () => setSaid(words.copyByHand),
    );
  };
  return { said, copy };
}

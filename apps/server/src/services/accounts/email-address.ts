/**
 * The one form of a mail address in which it is stored and compared (specification, appendices, "3PID Types"): small
 * letters. Undefined when it is none.
 */
export function canonicalEmail(address: string): string | undefined {
  const lower = address.toLowerCase();
  // No space, no control character and no bracket: nothing of it can end a header line or begin another address.
  return lower.length <= 254 && /^[^\s<>"(),:;@[\]\\\p{C}]+@[^\s<>"(),:;@[\]\\\p{C}]+$/u.test(lower)
    ? lower
    : undefined;
}

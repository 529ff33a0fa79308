/** A person's address, when that is what was typed. */

/** "@mira:example.org" in what was typed, or `undefined`. Shape: spec, appendices, "User identifiers". */
export function typedAddress(typed: string): string | undefined {
  const term = typed.trim();
  return /^@[\x21-\x39\x3b-\x7e]+:[A-Za-z0-9.\-[\]:]+$/.test(term) && term.length <= 255 ? term : undefined;
}

/** A person's address, when that is what was typed. */

/** "@mira:example.org" in what was typed, or `undefined`. Shape: spec, appendices, "User identifiers". */
export function typedAddress(typed: string): string | undefined {
  const term = typed.trim();
  return /^@[\x21-\x39\x3b-\x7e]+:[A-Za-z0-9.\-[\]:]+$/.test(term) && term.length <= 255 ? term : undefined;
}

/** The address that a bare name ("mira", "@mira") would have on the server of `myId`, or `undefined` where it is no name. */
export function addressBeside(typed: string, myId: string): string | undefined {
  const name = typed.trim().replace(/^@/, '').toLowerCase();
  return /^[a-z0-9._=\-/+]+$/.test(name) ? typedAddress(`@${name}${myId.slice(myId.indexOf(':'))}`) : undefined;
}

/** What may be a username and a password: the plain rules, said while one types. The server has the last word. */

export type UsernameFault = { kind: 'empty' } | { kind: 'long' } | { kind: 'wrong'; wrong: string };
export type PasswordFault = { kind: 'empty' } | { kind: 'short'; missing: number } | { kind: 'is-name' };

const shortest = 10;
const longestName = 64;

/** As it is sent: without the spaces that phones add, and small. */
export function cleanUsername(typed: string): string {
  return typed.trim().toLowerCase();
}

/** What is wrong with a new username, or `undefined`. Characters: spec, client-server, "User identifiers". */
export function usernameFault(typed: string): UsernameFault | undefined {
  const name = cleanUsername(typed);
  if (name === '') return { kind: 'empty' };
  if (name.length > longestName) return { kind: 'long' };
  const wrong = /[^a-z0-9._=\-/+]/u.exec(name)?.[0];
  return wrong === undefined ? undefined : { kind: 'wrong', wrong };
}

/** What is wrong with a new password, or `undefined`. Counts characters, not bytes. */
export function passwordFault(password: string, typedName: string): PasswordFault | undefined {
  if (password === '') return { kind: 'empty' };
  const missing = shortest - [...password].length;
  if (missing > 0) return { kind: 'short', missing };
  if (password.toLowerCase() === cleanUsername(typedName)) return { kind: 'is-name' };
  return undefined;
}

/** The localpart of what someone logs in with: "mira", "@mira" and "@mira:example.org" all mean Mira. */
export function loginName(typed: string): string {
  const name = typed.trim();
  return name.startsWith('@') && !name.includes(':') ? name.slice(1) : name;
}

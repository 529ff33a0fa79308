/**
 * Names that people choose for themselves and their rooms, without the marks that turn the direction of writing: with
 * them a name could make the text around it read as something else (security.md A11).
 */
export function withoutBidi(name: string): string {
  return name.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c]/g, '').trim();
}

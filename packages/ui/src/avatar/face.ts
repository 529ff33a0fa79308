/** A face for those without a picture: letters from the name, a tint from the id. */

/** One or two letters: of the first and the last word, in the reader's own letters; `#` when there are none. */
export function initials(name: string): string {
  const words = name.normalize('NFC').match(/[\p{L}\p{N}]+/gu) ?? [];
  const first = words[0];
  const last = words.length > 1 ? words.at(-1) : undefined;
  if (first === undefined) return '#';
  return [...[first, last].map((word) => [...(word ?? '')][0] ?? '')].join('').toLocaleUpperCase();
}

/** A number from 1 to 5, the same for the same id on every device. */
export function tint(id: string): number {
  // FNV-1a: ids that differ in one letter get far apart.
  let hash = 0x811c9dc5;
  for (const letter of id) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return ((hash >>> 16) % 5) + 1;
}

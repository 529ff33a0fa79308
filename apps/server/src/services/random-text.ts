import { randomBytes } from 'node:crypto';

/** Unguessable text of this length. */
export type RandomText = (length: number) => string;

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Letters from the system's generator; 5.7 bits each. */
export const randomText: RandomText = (length) => {
  let text = '';
  while (text.length < length) {
    // Bytes from 208 on are thrown away: 52 × 4 = 208, and every letter must be as likely as any other.
    for (const byte of randomBytes(length)) if (byte < 208 && text.length < length) text += letters[byte % 52];
  }
  return text;
};

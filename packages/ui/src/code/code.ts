/**
 * QR codes that hold bytes and not text, as those of verifications do (Matrix client-server API, "QR codes").
 * The browser's own `BarcodeDetector` gives text and loses bytes, so it isn't used. What draws and what reads is loaded
 * when the first code is.
 */

/** A code as one path over a square of `size` × `size` modules, its quiet zone included. */
export interface DrawnCode {
  size: number;
  path: string;
}

/** A picture as a canvas gives it: four bytes a pixel. */
export interface Pixels {
  width: number;
  height: number;
  data: Uint8ClampedArray;
}

/** Draws bytes. The lowest error correction makes the largest modules, which a camera in a hand reads best. */
export async function drawCode(bytes: Uint8Array): Promise<DrawnCode> {
  const { encodeQR } = await import('qr');
  const rows = encodeQR(textOf(bytes), 'raw', { encoding: 'byte', ecc: 'low', border: 4, textEncoder: bytesOf });
  const path = rows.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  return { size: rows.length, path };
}

/** The bytes of the code in a picture; undefined when there is none, or one that holds other than bytes. */
export async function readCode(image: Pixels): Promise<Uint8Array | undefined> {
  const { decodeQR } = await import('qr/decode.js');
  try {
    return bytesOf(decodeQR(image, { textDecoder: textOf }));
  } catch {
    // No code, or one that can't be made out: the next picture may be better.
    return undefined;
  }
}

/** One character a byte, so that text carries bytes unchanged. */
const textOf = (bytes: Uint8Array) => String.fromCharCode(...bytes);

const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

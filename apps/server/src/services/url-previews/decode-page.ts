/**
 * The text of a page, by what names its encoding first (HTML standard, "Determining the character encoding"): a byte order
 * mark, the content type, the page's own first bytes; UTF-8 otherwise. What can't be decoded becomes U+FFFD.
 */
export function decodePage(bytes: Buffer, contentType: string): string {
  const label = byMark(bytes) ?? charsetOf(contentType) ?? charsetOf(bytes.toString('latin1', 0, 2048)) ?? 'utf-8';
  return decoderOf(label).decode(bytes);
}

function byMark(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return undefined;
}

/** `charset=` of a header or of a meta element, `encoding=` of an XML declaration. */
function charsetOf(text: string): string | undefined {
  return /(?:charset|encoding)\s{0,9}=\s{0,9}["']?\s{0,9}([A-Za-z0-9_:.-]{1,40})/i.exec(text)?.[1];
}

function decoderOf(label: string): TextDecoder {
  try {
    return new TextDecoder(label);
  } catch {
    return new TextDecoder();
  }
}

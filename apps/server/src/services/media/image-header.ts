/** What the first bytes of a picture say of it, read without decoding any of it. */
export interface ImageHeader {
  contentType: 'image/png' | 'image/apng' | 'image/jpeg' | 'image/gif' | 'image/webp';
  width: number;
  height: number;
  /** Whether it may move; for a GIF only decoding it would tell. */
  mayMove: boolean;
}

/** How many bytes are enough: before the size of a JPEG lie its metadata, colour profile and preview. */
export const imageHeaderBytes = 512 * 1024;

/** Reads PNG, JPEG, GIF and WebP; undefined for everything else, and for what is not as it should be. */
export function readImageHeader(bytes: Buffer): ImageHeader | undefined {
  const header = readPng(bytes) ?? readGif(bytes) ?? readWebp(bytes) ?? readJpeg(bytes);
  return header !== undefined && header.width > 0 && header.height > 0 ? header : undefined;
}

const has = (bytes: Buffer, text: string, at: number) =>
  bytes.subarray(at, at + text.length).toString('latin1') === text;

/** W3C PNG, "Datastream structure": the first chunk is IHDR; acTL before IDAT makes it an APNG. */
function readPng(bytes: Buffer): ImageHeader | undefined {
  if (bytes.length < 33 || !has(bytes, '\x89PNG\r\n\x1a\n', 0) || !has(bytes, 'IHDR', 12)) return undefined;
  const mayMove = chunksOf(bytes, 8, pngChunk).some(({ type }) => type === 'acTL');
  const contentType = mayMove ? 'image/apng' : 'image/png';
  return { contentType, width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20), mayMove };
}

/** GIF89a, "Logical Screen Descriptor". */
function readGif(bytes: Buffer): ImageHeader | undefined {
  if (bytes.length < 13 || !/^GIF8[79]a$/.test(bytes.subarray(0, 6).toString('latin1'))) return undefined;
  return { contentType: 'image/gif', width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8), mayMove: true };
}

/** RFC 9649: VP8X where there is more than one plain picture, otherwise VP8L or VP8. */
function readWebp(bytes: Buffer): ImageHeader | undefined {
  if (bytes.length < 30 || !has(bytes, 'RIFF', 0) || !has(bytes, 'WEBP', 8)) return undefined;
  const contentType = 'image/webp';
  if (has(bytes, 'VP8X', 12)) {
    const mayMove = ((bytes[20] as number) & 0x02) !== 0;
    return { contentType, width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1, mayMove };
  }
  if (has(bytes, 'VP8L', 12)) {
    const bits = bytes.readUInt32LE(21);
    return { contentType, width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1, mayMove: false };
  }
  if (!has(bytes, 'VP8 ', 12)) return undefined;
  const [width, height] = [bytes.readUInt16LE(26) & 0x3fff, bytes.readUInt16LE(28) & 0x3fff];
  return { contentType, width, height, mayMove: false };
}

/** ITU T.81: the size stands in the first "start of frame" segment. */
function readJpeg(bytes: Buffer): ImageHeader | undefined {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return undefined;
  let at = 2;
  while (at + 9 <= bytes.length) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] as number;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      const [height, width] = [bytes.readUInt16BE(at + 5), bytes.readUInt16BE(at + 7)];
      return { contentType: 'image/jpeg', width, height, mayMove: false };
    }
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}

interface Chunk {
  type: string;
  next: number;
}

const pngChunk = (bytes: Buffer, at: number): Chunk => ({
  type: bytes.subarray(at + 4, at + 8).toString('latin1'),
  next: at + 12 + bytes.readUInt32BE(at),
});

/** The chunks up to the first one with pixels. */
function chunksOf(bytes: Buffer, from: number, read: (bytes: Buffer, at: number) => Chunk): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = from; at + 12 <= bytes.length; ) {
    const chunk = read(bytes, at);
    chunks.push(chunk);
    if (chunk.type === 'IDAT') break;
    at = chunk.next;
  }
  return chunks;
}

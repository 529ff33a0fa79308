import { decodeBase64, encodeBase64 } from 'matrix-js-sdk/lib/base64.js';

/**
 * The file that keys are carried in (client-server API, "Key exports"), made by the browser's own cryptography: its 500,000
 * rounds run beside the thread of the screen, which the crypto module would stop for a second. The parts are those of the
 * specification: PBKDF2 with SHA-512, AES-256 in counter mode, HMAC with SHA-256 over all.
 */

type Bytes = Uint8Array<ArrayBuffer>;

/** A file as its bytes, its shape checked and nothing opened. */
export interface KeyFile {
  salt: Bytes;
  iv: Bytes;
  rounds: number;
  ciphertext: Bytes;
  /** All that the check at the end is over, and the check. */
  checked: Bytes;
  check: Bytes;
}

const head = '-----BEGIN MEGOLM SESSION DATA-----';
const tail = '-----END MEGOLM SESSION DATA-----';
const version = 1;
const [saltAt, ivAt, roundsAt, textAt] = [1, 17, 33, 37] as const;
const checkBytes = 32;

/** Seals `text`. `random` is 32 bytes. */
export async function sealKeyFile(
  text: string,
  { passphrase, rounds, random }: { passphrase: string; rounds: number; random: Uint8Array },
): Promise<string> {
  const salt = random.slice(0, 16);
  const iv = random.slice(16, 32);
  // Older readers count in 64 bits: the highest is left clear, so that the counter doesn't run over.
  iv[8] = (iv[8] ?? 0) & 0x7f;
  const { aes, hmac } = await deriveKeys(passphrase, { salt, rounds });
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-CTR', counter: iv, length: 64 },
    aes,
    new TextEncoder().encode(text),
  );
  const body = new Uint8Array(textAt + sealed.byteLength);
  body[0] = version;
  body.set(salt, saltAt);
  body.set(iv, ivAt);
  new DataView(body.buffer).setUint32(roundsAt, rounds);
  body.set(new Uint8Array(sealed), textAt);
  const check = new Uint8Array(await crypto.subtle.sign('HMAC', hmac, body));
  const whole = new Uint8Array(body.length + check.length);
  whole.set(body);
  whole.set(check, body.length);
  return `${head}\n${await inLines(whole)}\n${tail}\n`;
}

/** Reads a file's shape; undefined when it is none, or was cut short. */
export function readKeyFile(text: string): KeyFile | undefined {
  const [start, end] = [text.indexOf(head), text.indexOf(tail)];
  if (start < 0 || end < start) return undefined;
  const bytes = bytesIn(text.slice(start + head.length, end).replace(/\s/g, ''));
  if (!bytes || bytes.length < textAt + checkBytes || bytes[0] !== version) return undefined;
  const checkAt = bytes.length - checkBytes;
  return {
    salt: bytes.slice(saltAt, ivAt),
    iv: bytes.slice(ivAt, roundsAt),
    rounds: new DataView(bytes.buffer, bytes.byteOffset).getUint32(roundsAt),
    ciphertext: bytes.slice(textAt, checkAt),
    checked: bytes.slice(0, checkAt),
    check: bytes.slice(checkAt),
  };
}

/** The text; undefined for another passphrase, or when the file was changed. */
export async function openKeyFile(file: KeyFile, passphrase: string): Promise<string | undefined> {
  const { aes, hmac } = await deriveKeys(passphrase, file);
  if (!(await crypto.subtle.verify('HMAC', hmac, file.check, file.checked))) return undefined;
  const opened = await crypto.subtle.decrypt({ name: 'AES-CTR', counter: file.iv, length: 64 }, aes, file.ciphertext);
  return new TextDecoder().decode(opened);
}

async function deriveKeys(
  passphrase: string,
  { salt, rounds }: { salt: Uint8Array; rounds: number },
): Promise<{ aes: CryptoKey; hmac: CryptoKey }> {
  const typed = await crypto.subtle.importKey('raw', new TextEncoder().encode(passphrase), 'PBKDF2', false, [
    'deriveBits',
  ]);
  const parameters = { name: 'PBKDF2', hash: 'SHA-512', salt: Uint8Array.from(salt), iterations: rounds };
  const bits = await crypto.subtle.deriveBits(parameters, typed, 512);
  return {
    aes: await crypto.subtle.importKey('raw', bits.slice(0, 32), 'AES-CTR', false, ['encrypt', 'decrypt']),
    hmac: await crypto.subtle.importKey('raw', bits.slice(32), { name: 'HMAC', hash: 'SHA-256' }, false, [
      'sign',
      'verify',
    ]),
  };
}

/** Lines of 128 letters, some 400 kB at a time, with a turn of the event loop between. */
async function inLines(bytes: Uint8Array): Promise<string> {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += blockBytes) {
    lines.push(...(encodeBase64(bytes.subarray(at, at + blockBytes)).match(/.{1,128}/g) ?? []));
    await new Promise((resolve) => setTimeout(resolve));
  }
  return lines.join('\n');
}

/** A multiple of three, so that only the last has padding. */
const blockBytes = 96 * 4096;

function bytesIn(base64: string): Bytes | undefined {
  try {
    return Uint8Array.from(decodeBase64(base64));
  } catch {
    return undefined;
  }
}

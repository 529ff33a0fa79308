import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { MatrixError } from '@sotto/protocol';

const argon2Async = promisify(argon2);

export interface Passwords {
  /**
   * Hashes with argon2id (RFC 9106) into a PHC string.
   * @throws MatrixError M_WEAK_PASSWORD when it is empty, M_TOO_LARGE over 1024 bytes (never cut silently).
   */
  hash(password: string): Promise<string>;
  /** Whether the password fits. Takes as long for `undefined` (nobody of that name) as for a wrong one. */
  verify(password: string, hash: string | undefined): Promise<boolean>;
}

interface Cost {
  memoryKiB: number;
  iterations: number;
}

const maxBytes = 1024;
const phc = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

export function createPasswords(cost: Cost): Passwords {
  const derive = (password: string, nonce: Buffer, { memoryKiB, iterations }: Cost) =>
    argon2Async('argon2id', {
      message: password,
      nonce,
      parallelism: 1,
      tagLength: 32,
      memory: memoryKiB,
      passes: iterations,
    }) as Promise<Buffer>;
  const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
  return {
    async hash(password) {
      if (password === '') throw new MatrixError('M_WEAK_PASSWORD', 'A password is needed.');
      if (Buffer.byteLength(password) > maxBytes)
        throw new MatrixError('M_TOO_LARGE', `A password has at most ${maxBytes} bytes.`);
      const salt = randomBytes(16);
      const tag = await derive(password, salt, cost);
      return `$argon2id$v=19$m=${cost.memoryKiB},t=${cost.iterations},p=1$${unpadded(salt)}$${unpadded(tag)}`;
    },
    async verify(password, hash) {
      const [, memory, passes, salt, tag] = phc.exec(hash ?? '') ?? [];
      const isTooLong = Buffer.byteLength(password) > maxBytes;
      if (salt === undefined || tag === undefined || isTooLong) {
        await derive(isTooLong ? '' : password, randomBytes(16), cost);
        return false;
      }
      const stored = { memoryKiB: Number(memory), iterations: Number(passes) };
      return timingSafeEqual(await derive(password, Buffer.from(salt, 'base64'), stored), Buffer.from(tag, 'base64'));
    },
  };
}

import { createHmac, timingSafeEqual } from 'node:crypto';
import { MatrixError } from '@sotto/protocol';
import { createMemo } from '@sotto/sql';
import type { NewLogin } from '../accounts/log-in.ts';
import type { RandomText } from '../random-text.ts';
import type { AdminPeople } from './people.ts';

export interface SharedSecretRequest {
  nonce: string;
  username: string;
  password: string;
  displayName?: string | undefined;
  isAdmin: boolean;
  /** Part of what is signed where the caller sends it. */
  userType?: string | undefined;
  /** Hexadecimal HMAC-SHA1. */
  mac: string;
  inhibitLogin: boolean;
}

/** Accounts for whoever knows the operator's shared secret, as Synapse's admin tools make them. */
export interface SharedSecretRegistration {
  /** Good for one request, within a minute. @throws MatrixError M_UNKNOWN 400 when there is no secret */
  nonce(): string;
  /** @throws MatrixError M_UNKNOWN 400 and 403; M_USER_IN_USE and the like */
  register(request: SharedSecretRequest): Promise<{ userId: string; login?: NewLogin }>;
}

const lifetimeMs = 60_000;

export function createSharedSecretRegistration(parts: {
  sharedSecret: string | undefined;
  people: AdminPeople;
  now: () => number;
  random: RandomText;
}): SharedSecretRegistration {
  const { sharedSecret, people, now, random } = parts;
  const nonces = createMemo<number>(1_000);
  const refused = (message: string, status: number) => new MatrixError('M_UNKNOWN', message, { status });
  const checkOn = (): string => {
    if (sharedSecret === undefined) throw refused('Registration by a shared secret is not offered here.', 400);
    return sharedSecret;
  };
  return {
    nonce() {
      checkOn();
      const nonce = random(32);
      nonces.set(nonce, now() + lifetimeMs);
      return nonce;
    },
    async register({ nonce, username, password, displayName, isAdmin, userType, mac, inhibitLogin }) {
      const secret = checkOn();
      const until = nonces.get(nonce);
      nonces.delete(nonce);
      if (until === undefined || until < now()) throw refused('This nonce is unknown or has expired.', 400);
      const signed = [nonce, username, password, isAdmin ? 'admin' : 'notadmin'];
      if (userType !== undefined) signed.push(userType);
      const expected = createHmac('sha1', secret).update(signed.join('\0')).digest();
      const given = Buffer.from(mac, 'hex');
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw refused('HMAC incorrect', 403);
      return people.create(null, { username, password, displayName, isAdmin, device: inhibitLogin ? undefined : {} });
    },
  };
}

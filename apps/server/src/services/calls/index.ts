/**
 * Calls: the servers that relay them. Knows no call itself, for calls are signalled through events that it can't read.
 * Imports nothing.
 */
import { createHmac } from 'node:crypto';

/** The answer to GET /voip/turnServer (specification, "Voice over IP"). */
export interface TurnCredentials {
  username: string;
  password: string;
  uris: readonly string[];
  /** Seconds. */
  ttl: number;
}

export interface Calls {
  /**
   * Credentials for the TURN servers that last for a while and name nobody; empty when there are no such servers (an
   * empty list of `uris` would have clients give up calling).
   */
  turnCredentials(): Partial<TurnCredentials>;
}

export interface CallsParts {
  uris: readonly string[];
  /** `static-auth-secret` of the TURN servers. */
  sharedSecret: string | undefined;
  ttlSeconds: number;
  /** Milliseconds. */
  now: () => number;
  random: (length: number) => string;
}

export function createCalls({ uris, sharedSecret, ttlSeconds, now, random }: CallsParts): Calls {
  return {
    turnCredentials() {
      if (uris.length === 0 || sharedSecret === undefined) return {};
      // The form of draft-uberti-behave-turn-rest: when it ends, then a name. The name is by chance and not the
      // person's, so that a TURN server's log tells nobody who called.
      const username = `${Math.floor(now() / 1000) + ttlSeconds}:${random(16)}`;
      const password = createHmac('sha1', sharedSecret).update(username).digest('base64');
      return { username, password, uris, ttl: ttlSeconds };
    },
  };
}

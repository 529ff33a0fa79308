import { keep } from '../keep.ts';
import { isSameData } from '../observable.ts';
import type { KeyValueStorage } from '../platform.ts';

/** What a session is told from another one of the same id by. */
export interface SessionMark {
  deviceId: string;
  /** Its Ed25519 key. Undefined: it has none, or none yet. */
  fingerprint?: string;
  /** When it logged in, where the server says so. */
  loggedInMs?: number;
}

/**
 * One's own sessions that were seen before, so that others are told as new logins (features C7). Who logs in may choose the
 * id, and would take that of a session that nobody asks about any more: one that ended is forgotten, and the id alone says
 * nothing, since it may have ended and begun again unseen. Its key can't be chosen; the time of the login tells sessions
 * without keys apart, and those that took over the keys with the id, as far as the server doesn't lie.
 */
export interface SeenSessions {
  /** Whether there was a first look: those that are there then count as seen. */
  isBegun(): boolean;
  has(session: SessionMark): boolean;
  add(sessions: readonly SessionMark[]): void;
  /** Forgets what isn't among all sessions that there are, and learns of the others what wasn't known. */
  keepOnly(all: readonly SessionMark[]): void;
}

/** The sessions under `key`. They hold for this run of the app even when the storage is full. */
export function createSeenSessions(storage: KeyValueStorage, key: string): SeenSessions {
  let marks = read(storage.get(key));
  function renew(next: ReadonlyMap<string, SessionMark>): void {
    marks = next;
    keep(storage, key, JSON.stringify([...marks.values()]));
  }
  return {
    isBegun: () => marks.size > 0,
    has: (session) => isSame(marks.get(session.deviceId), session),
    add: (sessions) => renew(new Map([...marks, ...sessions.map(entryOf)])),
    keepOnly(all) {
      const listed = new Map(all.map((session) => [session.deviceId, session]));
      const next = [...marks.values()].flatMap((mark) => {
        const now = listed.get(mark.deviceId);
        return now ? [entryOf(isSame(mark, now) ? { ...mark, ...now } : mark)] : [];
      });
      if (!isSameData(next, [...marks])) renew(new Map(next));
    },
  };
}

/** Keys may come later in the same login; they are never replaced, and don't go. */
function isSame(known: SessionMark | undefined, now: SessionMark): boolean {
  if (!known || (known.fingerprint !== undefined && known.fingerprint !== now.fingerprint)) return false;
  const areTimesKnown = known.loggedInMs !== undefined && now.loggedInMs !== undefined;
  return areTimesKnown ? known.loggedInMs === now.loggedInMs : known.fingerprint === now.fingerprint;
}

const entryOf = ({ deviceId, fingerprint, loggedInMs }: SessionMark): [string, SessionMark] => [
  deviceId,
  { deviceId, ...(fingerprint !== undefined && { fingerprint }), ...(loggedInMs !== undefined && { loggedInMs }) },
];

function read(text: string | undefined): ReadonlyMap<string, SessionMark> {
  try {
    return new Map((JSON.parse(text ?? '[]') as SessionMark[]).map(entryOf));
  } catch {
    return new Map();
  }
}

/**
 * Megolm authenticates who wrote a message and its place in the sender's chain, but not the event that carries it: a
 * server can show the same ciphertext again as a new event, and it decrypts. Each (room, session, index) therefore
 * belongs to the first event that showed it, and a second one is refused (security.md A5; client-server API,
 * "m.megolm.v1.aes-sha2": clients must reject replayed message indices).
 */
export interface ReplayLedger {
  /** Whether this event may be shown: the first with its ciphertext, or the same event seen again. Remembers it. */
  admit(message: MegolmMessage): boolean;
}

export interface MegolmMessage {
  roomId: string;
  eventId: string;
  sessionId: string;
  /** Base64, as in `content.ciphertext`. */
  ciphertext: string;
}

/** A ledger in memory: holds as long as the session runs. Admit only what has been decrypted: only then is the index proven. */
export function createReplayLedger(): ReplayLedger {
  const owners = new Map<string, string>();
  return {
    admit({ roomId, eventId, sessionId, ciphertext }) {
      const index = megolmIndex(ciphertext);
      if (index === undefined) return false;
      const place = JSON.stringify([roomId, sessionId, index]);
      const owner = owners.get(place);
      if (owner === undefined) owners.set(place, eventId);
      return owner === undefined || owner === eventId;
    },
  };
}

const messageIndexTag = 0x08;
const maxIndexBytes = 5;

/**
 * The message index of a Megolm message: version byte, then the tag 0x08 with the index as a varint (Megolm
 * specification, "Message format"). Undefined when the text is no such message.
 */
export function megolmIndex(ciphertext: string): number | undefined {
  const head = decodeHead(ciphertext);
  if (head?.[0] !== 3 || head[1] !== messageIndexTag) return undefined;
  let index = 0;
  for (let at = 0; at < maxIndexBytes; at++) {
    const byte = head[2 + at];
    if (byte === undefined) return undefined;
    index += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) return index;
  }
  return undefined;
}

/** The first 9 bytes of unpadded base64. */
function decodeHead(ciphertext: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(ciphertext.slice(0, 12)), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

import { megolm } from './send-gate.ts';

/**
 * The last look at what leaves: every request of the SDK passes here, and one that would carry text of an encrypted or
 * unknown room in clear is refused, whatever part of the SDK made it. The send gate decides before; this one holds even
 * if that is bypassed by a path of the SDK that nobody thought of (security.md A4).
 */
export interface WireGateOptions {
  fetch: typeof globalThis.fetch;
  /** Whether clear text may go into this room now: known, synced, and never seen encrypted. */
  mayPassClear(roomId: string): boolean;
  /**
   * Whether steps of a verification may: where nothing is sent because of the people in the room, and verifying them is what
   * helps. They carry keys and numbers, no words.
   */
  mayVerifyClear(roomId: string): boolean;
}

/** The errcode of the answer that the gate gives in the server's place. */
export const clearTextRefused = 'ORG_SOTTO_CLEAR_TEXT_REFUSED';

/**
 * `fetch` behind the gate. What may not pass is answered with a 400 of our own: to the SDK the end of the matter,
 * whereas a failed connection would be tried again.
 */
export function createWireGate({ fetch, ...may }: WireGateOptions): typeof globalThis.fetch {
  return async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const sent = parseSend(new URL(url, 'http://relative.invalid').pathname);
    const refusal = sent && refusalOf(sent, { body: init?.body, ...may });
    if (!refusal) return fetch(input, init);
    const error = `${refusal} would have left in clear`;
    return Response.json({ errcode: clearTextRefused, error }, { status: 400 });
  };
}

/** What a request path says is being sent. */
export type Sent =
  | { kind: 'event'; roomId: string; type: string }
  | { kind: 'redaction'; roomId: string }
  | { kind: 'to-device'; type: string };

/**
 * Reads the path of a request: `/rooms/{roomId}/send/{type}/{txnId}`, `/rooms/{roomId}/redact/…`,
 * `/sendToDevice/{type}/{txnId}` under any version prefix; undefined for all else. Throws on a path that can't be decoded.
 */
export function parseSend(pathname: string): Sent | undefined {
  const parts = pathname.split('/').map(decodeURIComponent);
  const device = parts.indexOf('sendToDevice');
  if (device >= 0) return { kind: 'to-device', type: parts[device + 1] ?? '' };
  const rooms = parts.indexOf('rooms');
  const roomId = parts[rooms + 1] ?? '';
  if (rooms < 0) return undefined;
  if (parts[rooms + 2] === 'send') return { kind: 'event', roomId, type: parts[rooms + 3] ?? '' };
  if (parts[rooms + 2] === 'redact') return { kind: 'redaction', roomId };
  return undefined;
}

interface Passage extends Omit<WireGateOptions, 'fetch'> {
  body: unknown;
}

/** The event type that must not pass; undefined when the request is fine. */
function refusalOf(sent: Sent, { body, mayPassClear, mayVerifyClear }: Passage): string | undefined {
  if (sent.kind === 'to-device') return clearToDevice.has(sent.type) ? undefined : sent.type;
  if (mayPassClear(sent.roomId)) return undefined;
  if (sent.kind === 'event' && verificationSteps.has(sent.type) && mayVerifyClear(sent.roomId)) return undefined;
  const content = parseContent(body);
  if (sent.kind === 'redaction') return isEmptyReason(content) ? undefined : 'm.room.redaction';
  if (sent.type === 'm.room.encrypted') return isMegolmContent(content) ? undefined : sent.type;
  if (sent.type === 'm.reaction') return isEmojiReaction(content) ? undefined : sent.type;
  return sent.type;
}

/** Steps after the request. */
const verificationSteps: ReadonlySet<string> = new Set(
  ['ready', 'start', 'accept', 'key', 'mac', 'done', 'cancel'].map((step) => `m.key.verification.${step}`),
);

/**
 * To-device types that carry no secret in clear: Olm messages, and those that the specification defines as clear
 * (verification, key requests, refusals to share). Room keys and secrets only ever travel inside of `m.room.encrypted`.
 */
const clearToDevice: ReadonlySet<string> = new Set([
  'm.room.encrypted',
  'm.room_key.withheld',
  'm.room_key_request',
  'm.secret.request',
  'm.dummy',
  'm.key.verification.request',
  ...verificationSteps,
]);

function parseContent(body: unknown): Record<string, unknown> | undefined {
  if (typeof body !== 'string') return undefined;
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Redactions are never encrypted (specification); a reason would be text in clear. */
function isEmptyReason(content: Record<string, unknown> | undefined): boolean {
  return content !== undefined && hasOnly(content, []);
}

const encryptedFields = ['algorithm', 'ciphertext', 'sender_key', 'device_id', 'session_id', 'm.relates_to'];
const relationFields = ['rel_type', 'event_id', 'is_falling_back', 'm.in_reply_to'];

/** Megolm, and nothing beside it but the relation's ids, which the server needs (specification, "m.relates_to"). */
function isMegolmContent(content: Record<string, unknown> | undefined): boolean {
  if (content?.algorithm !== megolm || typeof content.ciphertext !== 'string') return false;
  const relation = (content['m.relates_to'] ?? {}) as Record<string, unknown>;
  const reply = (relation['m.in_reply_to'] ?? {}) as Record<string, unknown>;
  return hasOnly(content, encryptedFields) && hasOnly(relation, relationFields) && hasOnly(reply, ['event_id']);
}

/** Reactions go in clear by the specification. An emoji may; words, which the field would also carry, may not. */
function isEmojiReaction(content: Record<string, unknown> | undefined): boolean {
  const relation = content?.['m.relates_to'] as Record<string, unknown> | undefined;
  if (!content || !relation || !hasOnly(content, ['m.relates_to'])) return false;
  const isEmoji = typeof relation.key === 'string' && /^\p{RGI_Emoji}$/v.test(relation.key);
  return relation.rel_type === 'm.annotation' && isEmoji && hasOnly(relation, ['rel_type', 'event_id', 'key']);
}

function hasOnly(value: object, allowed: readonly string[]): boolean {
  return Object.keys(value).every((key) => allowed.includes(key));
}

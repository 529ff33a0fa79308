import { hash } from 'node:crypto';
import { CanonicalText, canonicalJson, fitsBytes, MatrixError, type Pdu, type UnhashedPdu } from '@sotto/protocol';
import { hashedPart } from './redact-event.ts';
import type { RoomVersion } from './room-versions.ts';

/** The limit of the specification ("Size limits"), for the canonical JSON of the whole event, in bytes. */
export const maxEventBytes = 65_536;

/** Room for `hashes` and one server's signature, which are part of the size but come after the check. */
const hashesBytes = 512;

const limitedKeys = ['type', 'state_key', 'sender', 'room_id'] as const;

/** An event that has its hash and its id. */
export type HashedEvent = {
  readonly eventId: string;
  /** For the create event of version 12 this is where the room's id comes from. */
  readonly roomId: string;
  readonly pdu: Pdu;
  /** Its content as canonical JSON: written once, for the hash and for all who will read it. */
  readonly contentText: string;
};

/**
 * Puts the content hash into an event and computes its id.
 * @throws MatrixError M_TOO_LARGE when the event or one of its identifiers is too long, M_BAD_JSON when
 *   its content can't be said in canonical JSON.
 */
export function hashEvent(version: RoomVersion, draft: UnhashedPdu): HashedEvent {
  checkIdentifiers(draft);
  const content = new CanonicalText(draft.content);
  const text = canonicalJson({ ...withoutHashes(draft), content });
  if (!fitsBytes(text, maxEventBytes - hashesBytes)) {
    throw new MatrixError('M_TOO_LARGE', `The event is larger than ${maxEventBytes} bytes.`);
  }
  const pdu: Pdu = { ...draft, hashes: { sha256: toUnpaddedBase64(hash('sha256', text, 'base64')) } };
  const reference = referenceHash(version, pdu);
  return { eventId: `$${reference}`, roomId: draft.room_id ?? `!${reference}`, pdu, contentText: content.text };
}

/** The content hash (server-server API): unpadded base64 of the SHA-256 of all but hashes, signatures and `unsigned`. */
export function contentHash(event: Readonly<Record<string, unknown>>): string {
  return toUnpaddedBase64(hash('sha256', canonicalJson(withoutHashes(event)), 'base64'));
}

/** The reference hash (server-server API) in URL-safe unpadded base64: what event ids are made of. */
export function referenceHash(version: RoomVersion, event: Readonly<Record<string, unknown>>): string {
  return hash('sha256', canonicalJson(hashedPart(version, event)), 'base64url');
}

/** The event id: `$` and the reference hash (room versions 4 and later). */
export function eventIdOf(version: RoomVersion, event: Readonly<Record<string, unknown>>): string {
  return `$${referenceHash(version, event)}`;
}

/** The id of the room that a create event begins, in a version where it is a hash (12 and later). */
export function roomIdOfCreate(version: RoomVersion, createEvent: Readonly<Record<string, unknown>>): string {
  return `!${referenceHash(version, createEvent)}`;
}

function withoutHashes(event: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { unsigned: _unsigned, signatures: _signatures, hashes: _hashes, ...rest } = event;
  return rest;
}

function checkIdentifiers(draft: UnhashedPdu): void {
  for (const name of limitedKeys) {
    const value = draft[name];
    if (value !== undefined && !fitsBytes(value)) {
      throw new MatrixError('M_TOO_LARGE', `The event's ${name} is longer than 255 bytes.`);
    }
  }
}

function toUnpaddedBase64(padded: string): string {
  return padded.replace(/=+$/, '');
}

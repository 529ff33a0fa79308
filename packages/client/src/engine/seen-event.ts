import {
  type CryptoApi,
  DecryptionFailureCode,
  type EventEncryptionInfo,
  EventShieldReason,
} from 'matrix-js-sdk/lib/crypto-api/index.js';
import type { MatrixEvent } from 'matrix-js-sdk/lib/models/event.js';
import { EventStatus } from 'matrix-js-sdk/lib/models/event-status.js';
import type { Shield } from '../crypto/message-trust.ts';
import type { Relatable } from '../crypto/relations.ts';
import type { ReplayLedger } from '../crypto/replay-ledger.ts';
import type { DeliveryState, Problem, SealedReason } from '../types.ts';
import { sendProblem } from './sdk-problems.ts';

/** An event as plain data: all that the screen's snapshots are made of, and what the tests of their rules make up. */
export interface SeenEvent extends Relatable {
  /** Stable over local echo → sent. */
  key: string;
  stateKey?: string;
  /** For state: what was there before. */
  previous: Record<string, unknown>;
  sentAtMs: number;
  /** Undefined for what came from the server. */
  delivery?: DeliveryState;
  problem?: Problem;
  /** `waiting`: came encrypted and hasn't been tried yet. */
  decryption: 'clear' | 'decrypted' | 'waiting' | { failed: SealedReason };
  shield: Shield;
  isReplay: boolean;
  /** Who passed on the key (MSC4268), when it didn't come from the sender. */
  sharedBy?: string;
}

/** Turns the SDK's events into plain ones. */
export interface EventReader {
  /** Decrypts what isn't yet and asks for its shield; undefined when there is nothing to wait for. */
  prepare(events: readonly MatrixEvent[]): Promise<void> | undefined;
  read(event: MatrixEvent): SeenEvent;
  /** What is known of trust may have changed: shields are asked for anew, and what was refused for its sender is tried again. */
  forgetShields(): void;
}

export interface EventReaderOptions {
  decrypt(event: MatrixEvent): Promise<void>;
  /** Tries again what was tried before. */
  retry(event: MatrixEvent): Promise<void>;
  crypto: Pick<CryptoApi, 'getEncryptionInfoForEvent'>;
  ledger: ReplayLedger;
}

/** A reader over one client. */
export function createEventReader({ decrypt, retry, crypto, ledger }: EventReaderOptions): EventReader {
  let shields = new WeakMap<MatrixEvent, Shield>();
  let refused = new WeakSet<MatrixEvent>();
  const keys = new Map<string, string>();
  const mayOpen = (event: MatrixEvent) => isRefused(event) && !refused.has(event);
  const needsWork = (event: MatrixEvent) =>
    isUntried(event) || mayOpen(event) || (isDecrypted(event) && !shields.has(event));

  async function prepareOne(event: MatrixEvent): Promise<void> {
    if (isUntried(event)) await decrypt(event).catch(() => {});
    else if (mayOpen(event)) await retry(event).catch(() => {});
    if (isRefused(event)) refused.add(event);
    if (!isDecrypted(event) || event.status !== null) return;
    const asked = shields;
    const info = await crypto.getEncryptionInfoForEvent(event).catch(() => null);
    asked.set(event, shieldOf(info));
  }

  return {
    prepare(events) {
      const open = events.filter((event) => event.status === null && needsWork(event));
      return open.length === 0 ? undefined : Promise.all(open.map(prepareOne)).then(() => {});
    },
    read: (event) => {
      const isEcho = event.status !== null;
      const key = keyOf(event, keys);
      const shield = isEcho ? 'none' : (shields.get(event) ?? 'unknown');
      return { ...plain(event), key, shield, isReplay: !isEcho && isReplay(event, ledger) };
    },
    forgetShields() {
      shields = new WeakMap();
      refused = new WeakSet();
    },
  };
}

function isDecrypted(event: MatrixEvent): boolean {
  return event.isEncrypted() && event.getClearContent() !== null && !event.isDecryptionFailure();
}

function isUntried(event: MatrixEvent): boolean {
  return event.isEncrypted() && event.getClearContent() === null && !event.isDecryptionFailure() && !event.isRedacted();
}

/** Whether it stays closed for what is known of its sender, and not for want of a key. */
function isRefused(event: MatrixEvent): boolean {
  return event.isDecryptionFailure() && refusals.has(event.decryptionFailureReason);
}

const refusals: ReadonlySet<DecryptionFailureCode | null> = new Set([
  DecryptionFailureCode.UNSIGNED_SENDER_DEVICE,
  DecryptionFailureCode.UNKNOWN_SENDER_DEVICE,
  DecryptionFailureCode.SENDER_IDENTITY_PREVIOUSLY_VERIFIED,
]);

/** The transaction id of what was sent from here, the event id of all else; the first that was used, for ever. */
function keyOf(event: MatrixEvent, keys: Map<string, string>): string {
  const eventId = event.getId() ?? '';
  const known = keys.get(eventId);
  if (known !== undefined) return known;
  const key = event.getTxnId() ?? eventId;
  if (!eventId.startsWith('~')) keys.set(eventId, key);
  return key;
}

function isReplay(event: MatrixEvent, ledger: ReplayLedger): boolean {
  const { session_id: sessionId, ciphertext } = event.getWireContent();
  const [roomId, eventId] = [event.getRoomId(), event.getId()];
  if (!isDecrypted(event) || event.isRedacted()) return false;
  if (typeof sessionId !== 'string' || typeof ciphertext !== 'string' || !roomId || !eventId) return true;
  return !ledger.admit({ roomId, eventId, sessionId, ciphertext });
}

function plain(event: MatrixEvent): Omit<SeenEvent, 'key' | 'shield' | 'isReplay'> {
  const eventId = event.getId();
  const stateKey = event.getStateKey();
  const delivery = deliveryOf(event.status);
  const sharedBy = event.getKeyForwardingUser();
  return {
    ...(eventId && !eventId.startsWith('~') && { eventId }),
    type: event.getType(),
    sender: event.getSender() ?? '',
    isState: event.isState(),
    ...(stateKey !== undefined && { stateKey }),
    isEncrypted: isDecrypted(event),
    isRedacted: event.isRedacted(),
    // Not `getContent`, which follows edits by the SDK's own rules.
    content: event.getOriginalContent(),
    previous: event.getPrevContent(),
    outerRelation: event.getWireContent()['m.relates_to'],
    sentAtMs: event.getTs(),
    ...(delivery && { delivery }),
    ...(delivery === 'failed' && { problem: sendProblem(event.error) }),
    decryption: decryptionOf(event),
    ...(sharedBy !== undefined && { sharedBy }),
  };
}

function decryptionOf(event: MatrixEvent): SeenEvent['decryption'] {
  if (!event.isEncrypted()) return 'clear';
  if (event.isDecryptionFailure()) return { failed: failureOf(event.decryptionFailureReason) };
  return event.getClearContent() === null ? 'waiting' : 'decrypted';
}

function deliveryOf(status: EventStatus | null): DeliveryState | undefined {
  if (status === null) return undefined;
  if (status === EventStatus.SENT) return 'sent';
  return status === EventStatus.NOT_SENT || status === EventStatus.CANCELLED ? 'failed' : 'sending';
}

function failureOf(code: DecryptionFailureCode | null): SealedReason {
  switch (code) {
    case DecryptionFailureCode.HISTORICAL_MESSAGE_USER_NOT_JOINED:
    case DecryptionFailureCode.OLM_UNKNOWN_MESSAGE_INDEX:
      return 'sent-before-joined';
    case DecryptionFailureCode.HISTORICAL_MESSAGE_BACKUP_UNCONFIGURED:
      return 'locked';
    case DecryptionFailureCode.HISTORICAL_MESSAGE_NO_KEY_BACKUP:
      return 'no-backup';
    case DecryptionFailureCode.HISTORICAL_MESSAGE_WORKING_BACKUP:
      return 'not-in-backup';
    case DecryptionFailureCode.MEGOLM_KEY_WITHHELD:
      return 'withheld';
    case DecryptionFailureCode.MEGOLM_KEY_WITHHELD_FOR_UNVERIFIED_DEVICE:
      return 'withheld-unverified';
    case DecryptionFailureCode.UNSIGNED_SENDER_DEVICE:
    case DecryptionFailureCode.UNKNOWN_SENDER_DEVICE:
      return 'unsigned-device';
    case DecryptionFailureCode.SENDER_IDENTITY_PREVIOUSLY_VERIFIED:
      return 'identity-changed';
    case DecryptionFailureCode.UNKNOWN_ERROR:
      return 'broken';
    default:
      return 'waiting-for-key';
  }
}

/** No word of the machine on a message that it decrypted is a doubt of its own. */
function shieldOf(info: EventEncryptionInfo | null): Shield {
  if (info === null) return 'unknown';
  if (info.shieldReason === null) return 'none';
  return shieldNames[info.shieldReason] ?? 'unknown';
}

const shieldNames: Readonly<Record<EventShieldReason, Shield>> = {
  [EventShieldReason.UNKNOWN]: 'unknown',
  [EventShieldReason.UNVERIFIED_IDENTITY]: 'unverified-identity',
  [EventShieldReason.UNSIGNED_DEVICE]: 'unsigned-device',
  [EventShieldReason.UNKNOWN_DEVICE]: 'unknown-device',
  [EventShieldReason.AUTHENTICITY_NOT_GUARANTEED]: 'authenticity-not-guaranteed',
  [EventShieldReason.MISMATCHED_SENDER_KEY]: 'mismatched-sender-key',
  [EventShieldReason.SENT_IN_CLEAR]: 'sent-in-clear',
  [EventShieldReason.VERIFICATION_VIOLATION]: 'verification-violation',
  [EventShieldReason.MISMATCHED_SENDER]: 'mismatched-sender',
};

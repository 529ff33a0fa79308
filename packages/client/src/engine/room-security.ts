import { KnownMembership } from 'matrix-js-sdk/lib/@types/membership.js';
import type { MatrixClient } from 'matrix-js-sdk/lib/client.js';
import type { CryptoBackend } from 'matrix-js-sdk/lib/common-crypto/CryptoBackend.js';
import { MatrixEvent, MatrixEventEvent } from 'matrix-js-sdk/lib/models/event.js';
import type { Room } from 'matrix-js-sdk/lib/models/room.js';
import { RoomStateEvent } from 'matrix-js-sdk/lib/models/room-state.js';
import type { EncryptionPins } from '../crypto/encryption-pins.ts';
import { withSaneRotation } from '../crypto/rotation.ts';
import type { SendFacts } from '../crypto/send-gate.ts';

/** What is known of the session as a whole when something is to be sent. */
export interface SessionFacts {
  isSynced: boolean;
  isCryptoReady: boolean;
  isOwnDeviceSigned: boolean;
  /** Whether the signature of our device may still come by itself. */
  ownIdentity: NonNullable<SendFacts['ownIdentity']>;
}

const encryptionType = 'm.room.encryption';

/** Whether a room is encrypted, now or once on this device. */
export function isRoomEncrypted(room: Room, pins: EncryptionPins): boolean {
  return pins.isPinned(room.roomId) || room.hasEncryptionStateEvent();
}

/** Gathers what the send gate decides on. */
export function sendFacts(
  room: Room | null,
  pins: EncryptionPins,
  session: SessionFacts & { roomId: string },
): SendFacts {
  const state = room?.currentState.getStateEvents(encryptionType, '');
  const { isSynced, isCryptoReady, isOwnDeviceSigned, ownIdentity } = session;
  return {
    isKnown: room !== null,
    isJoined: room?.getMyMembership() === KnownMembership.Join,
    isPinned: pins.isPinned(session.roomId),
    hasEncryptionState: state !== null && state !== undefined,
    algorithm: state?.getContent().algorithm,
    isSynced,
    isCryptoReady,
    isOwnDeviceSigned,
    ownIdentity,
  };
}

/**
 * Pins a room as soon as it is seen encrypted: by its state (from a sync, the cache or an invite), or by a message
 * that decrypts, which no server can make up.
 */
export function pinWhatIsEncrypted(client: MatrixClient, pins: EncryptionPins): void {
  client.on(RoomStateEvent.Events, (event) => {
    const roomId = event.getRoomId();
    if (roomId && event.getType() === encryptionType && event.getStateKey() === '') pins.pin(roomId);
  });
  client.on(MatrixEventEvent.Decrypted, (event) => {
    const roomId = event.getRoomId();
    if (roomId && !event.isDecryptionFailure() && event.getClearContent() !== null) pins.pin(roomId);
  });
}

/**
 * Stands before the SDK's handling of `m.room.encryption`: rotation values are made sane, all other fields dropped, and
 * an event that the SDK can't take doesn't stop the sync.
 */
export function guardEncryptionEvents(crypto: CryptoBackend): void {
  const take = crypto.onCryptoEvent.bind(crypto);
  crypto.onCryptoEvent = async (room, event) => {
    const { algorithm, rotation_period_ms, rotation_period_msgs } = event.getContent();
    const content = withSaneRotation({ algorithm, rotation_period_ms, rotation_period_msgs });
    await take(room, new MatrixEvent({ ...event.event, content })).catch(() => {});
  };
}

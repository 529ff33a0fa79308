import { EventType } from 'matrix-js-sdk/lib/@types/event.js';
import type { MatrixClient } from 'matrix-js-sdk/lib/client.js';
import type { CryptoApi } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { Method } from 'matrix-js-sdk/lib/http-api/method.js';
import type { Room } from 'matrix-js-sdk/lib/models/room.js';
import type { EncryptionPins } from '../crypto/encryption-pins.ts';
import type { RoomMarks } from '../crypto/room-marks.ts';
import { megolm } from '../crypto/send-gate.ts';
import type { RoomTrust, RoomTrustVerbs } from '../trust-types.ts';
import { withProblems } from './sdk-problems.ts';

export interface RoomTrustOptions {
  client: MatrixClient;
  crypto: CryptoApi;
  pins: EncryptionPins;
  /** Rooms whose keys go to verified people alone. */
  verifiedOnly: RoomMarks;
  /** Rooms that the person here continued in others. */
  continued: RoomMarks;
  trustOf(room: Room): RoomTrust | undefined;
  showPeople(roomId: string, userIds: readonly string[]): void;
  changes: { mark(roomId: string): void };
}

/** The verbs of a room that are about its encryption. */
export function roomTrustVerbs(roomId: string, options: RoomTrustOptions): RoomTrustVerbs {
  const { client, crypto, pins, verifiedOnly, continued, changes } = options;
  return {
    enableEncryption: () =>
      withProblems(async () => {
        await client.sendStateEvent(roomId, EventType.RoomEncryption, { algorithm: megolm });
        // Before the server had a chance to say otherwise.
        pins.pin(roomId);
      }),
    continueUnencrypted: () =>
      withProblems(async () => {
        const path = `/rooms/${encodeURIComponent(roomId)}/upgrade`;
        const body = { new_version: client.getRoom(roomId)?.getVersion(), 'org.sotto.encrypted': false };
        const made = await client.http.authedRequest<{ replacement_room: string }>(Method.Post, path, undefined, body);
        continued.set(roomId, true);
        return made.replacement_room;
      }),
    resetRoomKey: () => withProblems(() => crypto.forceDiscardSession(roomId)),
    setVerifiedOnly(isOn) {
      verifiedOnly.set(roomId, isOn);
      changes.mark(roomId);
    },
  };
}

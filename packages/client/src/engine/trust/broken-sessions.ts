import { type OlmMachine, ProcessedToDeviceEventType, RequestType, UserId } from '@matrix-org/matrix-sdk-crypto-wasm';
import type { MatrixClient } from 'matrix-js-sdk/lib/client.js';
import type { CryptoApi } from 'matrix-js-sdk/lib/crypto-api/index.js';

/**
 * Begins anew what two sessions talk through once a message of it can't be opened, and tells the other side by an empty message
 * (client-server API, "Recovering from undecryptable messages"): it then gives us the room keys once more (security.md A9).
 *
 * Of this the machine does a half. It claims a one-time key for whoever sent such a message and whom it has had a session with
 * for an hour, but its empty message waits in a list that nobody reads (`outgoing_to_device_requests` of `SessionManager` in
 * matrix-sdk-crypto; `OlmMachine::outgoing_requests` leaves it out), and of somebody it has no session with yet it takes no note.
 */
export function mendBrokenSessions(client: MatrixClient, crypto: CryptoApi): void {
  const inside = crypto as unknown as Inside;
  const machine = inside.getOlmMachineOrThrow();
  const steps = machine as unknown as Record<'receiveSyncChanges' | 'markRequestAsSent', Step>;
  const receive = steps.receiveSyncChanges.bind(machine);
  const markAsSent = steps.markRequestAsSent.bind(machine);
  const broken = new Set<string>();

  async function note(message: string): Promise<void> {
    const { sender = '', content } = JSON.parse(message) as Sealed;
    const devices = (await machine.getUserDevices(new UserId(sender))).devices();
    const device = devices.find(({ curve25519Key }) => curve25519Key?.toBase64() === content?.sender_key);
    if (!device) return;
    broken.add(nameOf(sender, device.deviceId.toString()));
    // Where there is no session yet; an old one is replaced by the requests that the SDK makes after each sync.
    void inside.keyClaimManager.ensureSessionsForUsers({ info() {} }, [new UserId(sender)]).catch(() => {});
  }

  async function tell(userId: string, deviceId: string): Promise<void> {
    await client.queueToDevice(await crypto.encryptToDeviceMessages('m.dummy', [{ userId, deviceId }], {}));
  }

  steps.receiveSyncChanges = async (...given) => {
    const events = (await receive(...given)) as Processed[];
    for (const { type, rawEvent } of events) {
      // Before the requests that this sync leads to.
      if (type === ProcessedToDeviceEventType.UnableToDecrypt) await note(rawEvent).catch(() => {});
    }
    return events;
  };
  steps.markRequestAsSent = async (...given) => {
    const marked = await markAsSent(...given);
    const [, type, answer] = given;
    for (const [userId, deviceId] of type === RequestType.KeysClaim ? claimedIn(String(answer)) : []) {
      if (broken.delete(nameOf(userId, deviceId))) void tell(userId, deviceId).catch(() => {});
    }
    return marked;
  };
}

interface Inside {
  getOlmMachineOrThrow(): OlmMachine;
  keyClaimManager: { ensureSessionsForUsers(logger: { info(): void }, users: UserId[]): Promise<void> };
}

type Step = (...given: unknown[]) => Promise<unknown>;

/** A message from session to session, as the machine hands it back. */
interface Processed {
  type: ProcessedToDeviceEventType;
  rawEvent: string;
}

interface Sealed {
  sender?: string;
  content?: { sender_key?: string };
}

const nameOf = (userId: string, deviceId: string) => JSON.stringify([userId, deviceId]);

/** Whose one-time keys an answer brought. */
function claimedIn(answer: string): [userId: string, deviceId: string][] {
  const { one_time_keys: keys = {} } = JSON.parse(answer) as { one_time_keys?: Record<string, object> };
  return Object.entries(keys).flatMap(([userId, devices]) =>
    Object.keys(devices).map((deviceId): [string, string] => [userId, deviceId]),
  );
}

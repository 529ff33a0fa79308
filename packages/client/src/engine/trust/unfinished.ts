import { VerificationPhase as SdkPhase } from 'matrix-js-sdk/lib/crypto-api/verification.js';
import { Method } from 'matrix-js-sdk/lib/http-api/method.js';
import type { KeyValueStorage } from '../../platform.ts';
import { machineOf } from './machine.ts';
import { sendToSessions, type VerificationOptions } from './verification-ask.ts';
import type { Running } from './verification-run.ts';

/** Where a verification goes on, so that it can be ended there. */
interface Place {
  id: string;
  userId: string;
  roomId?: string;
  /** Of a verification from session to session. */
  deviceIds: readonly string[];
}

/**
 * Verifications that go on in this page, remembered while they do: they live in memory, so that those which a start finds
 * written down were cut off by the end of a page. The other side is told so instead of waiting for ten minutes, and
 * whoever asks next doesn't cross with them.
 */
export interface Unfinished {
  /** Remembers those of `all` that go on. */
  note(all: readonly Running[]): void;
  /** Ends what earlier pages left, on the other side. Never rejects; what can't be sent is tried at the next call. */
  end(): Promise<void>;
}

/** What `storage` remembers under `key`. */
export function createUnfinished(
  options: Pick<VerificationOptions, 'client' | 'showPeople'>,
  storage: KeyValueStorage,
  key: string,
): Unfinished {
  let left = parse(storage.get(key));
  let going: readonly Place[] = [];
  let ending: Promise<void> | undefined;

  function save(): void {
    const all = [...left, ...going];
    try {
      if (all.length === 0) storage.remove(key);
      else storage.set(key, JSON.stringify(all));
    } catch {
      // Full: the other side waits, and can stop it there.
    }
  }

  async function endAll(): Promise<void> {
    for (const place of left) {
      await cancelAt(options, place);
      left = left.filter((each) => each !== place);
      save();
    }
  }

  return {
    note(all) {
      const next = all.filter(isOurs).map(placeOf);
      if (JSON.stringify(next) === JSON.stringify(going)) return;
      going = next;
      save();
    },
    end() {
      ending ??= endAll()
        .catch(() => {})
        .finally(() => {
          ending = undefined;
        });
      return ending;
    },
  };
}

/** What one was asked and hasn't answered is not ended by closing a page: another session may answer it. */
function isOurs({ request, isIncoming, isSettled, isEndUntold }: Running): boolean {
  if (isEndUntold) return true;
  if (request.phase === SdkPhase.Done) return !isSettled;
  return request.pending && !(isIncoming && request.phase === SdkPhase.Requested && !request.accepting);
}

/** Whether what a comparison led to has reached the server: our last steps, and the signature. */
export async function isSettled(
  { isSelfVerification, otherUserId, otherDeviceId }: Running['request'],
  { client, crypto }: Pick<VerificationOptions, 'client' | 'crypto'>,
): Promise<boolean> {
  const isSigned = async (deviceId: string) =>
    (await crypto.getDeviceVerificationStatus(otherUserId, deviceId))?.signedByOwner === true;
  const isTrusted = isSelfVerification
    ? (await Promise.all([client.getDeviceId() ?? '', otherDeviceId ?? ''].map(isSigned))).every(Boolean)
    : (await crypto.getUserVerificationStatus(otherUserId)).isVerified();
  return isTrusted && (await machineOf(crypto).hasSentVerifications());
}

function placeOf({ id, request, deviceId, alsoAsked }: Running): Place {
  const { roomId, otherUserId: userId } = request;
  // One's own sessions are asked all at once.
  const deviceIds = deviceId === undefined ? ['*'] : [deviceId, ...alsoAsked];
  return { id, userId, ...(roomId !== undefined && { roomId }), deviceIds };
}

async function cancelAt(
  { client, showPeople }: Pick<VerificationOptions, 'client' | 'showPeople'>,
  { id, userId, roomId, deviceIds }: Place,
): Promise<void> {
  const type = 'm.key.verification.cancel';
  const reason = { code: 'm.user', reason: 'The page was closed' };
  if (roomId === undefined) {
    return sendToSessions(client, type, { userId, deviceIds, content: { transaction_id: id, ...reason } });
  }
  showPeople(roomId, [userId]);
  const relation = { rel_type: 'm.reference', event_id: id };
  const path = ['rooms', roomId, 'send', type, client.makeTxnId()].map(encodeURIComponent).join('/');
  await client.http.authedRequest(Method.Put, `/${path}`, undefined, { ...reason, 'm.relates_to': relation });
}

function parse(text: string | undefined): readonly Place[] {
  try {
    const places: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(places) ? places : [];
  } catch {
    return [];
  }
}

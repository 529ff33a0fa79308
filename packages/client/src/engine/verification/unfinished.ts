import { VerificationPhase as SdkPhase } from 'matrix-js-sdk/lib/crypto-api/verification.js';
import { HTTPError } from 'matrix-js-sdk/lib/http-api/errors.js';
import { Method } from 'matrix-js-sdk/lib/http-api/method.js';
import { keep } from '../../keep.ts';
import type { KeyValueStorage } from '../../platform.ts';
import { machineOf } from '../machine.ts';
import type { MachineTurns, Open } from './machine-turns.ts';
import { methods, sendToSessions, type VerificationOptions } from './verification-ask.ts';
import type { Running } from './verification-run.ts';

/** Where a verification goes on, so that it can be ended there. */
interface Place {
  id: string;
  userId: string;
  roomId?: string;
  /** Of a verification from session to session. */
  deviceIds: readonly string[];
  /** Theirs, and not answered yet. */
  open?: Pick<Open, 'methods' | 'askedAtMs'>;
  /** Theirs, and answered here: the cache of a conversation may bring the question once more. */
  isAnswered?: true;
}

/**
 * Verifications that go on in this page, remembered while they do: they live in memory, so that those which a start finds
 * written down were cut off by the end of a page. The other side is told so instead of waiting for ten minutes, and
 * whoever asks next doesn't cross with them. What this device was asked and hasn't answered is asked again.
 */
export interface Unfinished {
  /** Remembers those of `all` that go on. */
  note(all: readonly Running[]): void;
  /**
   * Asks again what is still open, and ends the rest of what earlier pages left, on the other side. To be called once a sync
   * has brought what happened since. Never rejects; what can't be sent is tried at the next call.
   */
  end(): Promise<void>;
}

/** What `storage` remembers under `key`. */
export function createUnfinished(
  options: Pick<VerificationOptions, 'client' | 'showPeople' | 'now'> & { turns: MachineTurns },
  storage: KeyValueStorage,
  key: string,
): Unfinished {
  const { turns, now } = options;
  const remembered = parse(storage.get(key));
  const isYoung = ({ open }: Place) => open !== undefined && now() - open.askedAtMs < lifetimeMs;
  let left = remembered.filter(({ open }) => !open);
  let unanswered = remembered.filter((place) => isYoung(place) && !place.isAnswered);
  let answered = remembered.filter((place) => isYoung(place) && place.isAnswered);
  for (const { id } of answered) turns.passOver(id);
  const askedAtMs = new Map(unanswered.map(({ id, open }) => [id, open?.askedAtMs]));
  // Before the first sync, which may bring the word that it was answered elsewhere or taken back.
  for (const place of unanswered) turns.takeUp(openOf(place)).catch(() => {});
  let going: readonly Place[] = [];
  let ending: Promise<void> | undefined;

  function save(): void {
    const isNew = ({ id }: Place) => going.every((place) => place.id !== id);
    answered = answered.filter(isYoung);
    const all = [...left, ...unanswered.filter(isNew), ...answered, ...going];
    // Where there is no room for it the other side waits, and can stop it there.
    keep(storage, key, all.length === 0 ? undefined : JSON.stringify(all));
  }

  /** What the machine doesn't take up any more is ended: the other side would wait for nothing. */
  async function askAgain(): Promise<void> {
    if (unanswered.length === 0) return;
    for (const { roomId } of unanswered) await allRead(options.client, roomId);
    const lost = unanswered.filter((place) => !turns.tellOf(openOf(place)));
    left = [...left, ...lost.map(({ open, ...place }) => place)];
    unanswered = [];
    save();
  }

  async function endAll(): Promise<void> {
    await askAgain();
    // All at once: one that can't be told, or hangs, is not to keep the word from the others.
    await Promise.all(left.map(endOne));
  }

  async function endOne(place: Place): Promise<void> {
    try {
      await cancelAt(options, place);
    } catch (error) {
      if (!isForGood(error)) return;
    }
    left = left.filter((each) => each !== place);
    save();
  }

  return {
    note(all) {
      const open = all.filter(isUnanswered).map((run) => {
        const at = askedAtMs.get(run.id) ?? now();
        askedAtMs.set(run.id, at);
        return { ...placeOf(run), open: { methods: methodsOf(run), askedAtMs: at } };
      });
      const isOpen = ({ id }: Place) => open.some((place) => place.id === id);
      const isOver = (place: Place) => place.open !== undefined && !isOpen(place);
      answered = [...answered, ...going.filter(isOver).map((place) => ({ ...place, isAnswered: true as const }))];
      const next = [...all.filter(isOurs).map(placeOf), ...open];
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

/** How long the other side waits for an answer (client-server API, "Key verification framework"). */
const lifetimeMs = 600_000;

/** Answers that another attempt may change: the session has to log in again, took too long, or came too often. */
const passing: ReadonlySet<number> = new Set([401, 408, 429]);

/** Whether the server will never take it, as in a room that one has left. */
function isForGood(error: unknown): boolean {
  const status = error instanceof HTTPError ? (error.httpStatus ?? 500) : 500;
  return status >= 400 && status < 500 && !passing.has(status);
}

/** What one was asked and hasn't answered is not ended by closing a page: it, or another session, may answer it yet. */
function isOurs(run: Running): boolean {
  if (run.isEndUntold) return true;
  if (run.request.phase === SdkPhase.Done) return !run.isSettled;
  return run.request.pending && !isUnanswered(run);
}

function isUnanswered({ request, isIncoming, isEndUntold }: Running): boolean {
  const isAsked = isIncoming && request.pending && request.phase === SdkPhase.Requested && !request.accepting;
  return isAsked && !isEndUntold;
}

/** In a conversation the word that it is over is encrypted, and read a little later than the sync brings it. */
async function allRead(client: VerificationOptions['client'], roomId: string | undefined): Promise<void> {
  const events = client.getRoom(roomId)?.getLiveTimeline().getEvents() ?? [];
  await Promise.all(events.map((event) => event.getDecryptionPromise()));
}

function methodsOf({ request }: Running): readonly string[] {
  return methods.filter((method) => request.otherPartySupportsMethod(method));
}

function openOf({ id, userId, roomId, deviceIds, open }: Place): Open {
  const { methods = [], askedAtMs = 0 } = open ?? {};
  return { id, userId, deviceId: deviceIds[0] ?? '', methods, askedAtMs, ...(roomId !== undefined && { roomId }) };
}

/**
 * Whether what a comparison led to has reached the server: our last steps, and the signature. The request of one that is
 * done doesn't know the other session any more; the run does.
 */
export async function isSettled(
  { request: { isSelfVerification, otherUserId }, deviceId: otherDeviceId }: Running,
  { client, crypto }: Pick<VerificationOptions, 'client' | 'crypto'>,
): Promise<boolean> {
  const isSigned = async (deviceId: string) =>
    (await crypto.getDeviceVerificationStatus(otherUserId, deviceId))?.signedByOwner === true;
  const isTrusted = isSelfVerification
    ? (await Promise.all([client.getDeviceId() ?? '', otherDeviceId ?? ''].map(isSigned))).every(Boolean)
    : (await crypto.getUserVerificationStatus(otherUserId)).isVerified();
  return isTrusted && (await machineOf(crypto).hasSentVerifications());
}

function placeOf({ request, deviceId, alsoAsked }: Running): Place {
  // Not that of the run: where two questions crossed, it goes on with the other one.
  const { transactionId: id = '', roomId, otherUserId: userId } = request;
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

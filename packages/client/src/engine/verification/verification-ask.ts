import { KnownMembership } from 'matrix-js-sdk/lib/@types/membership.js';
import type { MatrixClient } from 'matrix-js-sdk/lib/client.js';
import type { CryptoBackend } from 'matrix-js-sdk/lib/common-crypto/CryptoBackend.js';
import type { CryptoApi } from 'matrix-js-sdk/lib/crypto-api/index.js';
import type { VerificationRequest as SdkRequest } from 'matrix-js-sdk/lib/crypto-api/verification.js';
import type { MatrixEvent } from 'matrix-js-sdk/lib/models/event.js';
import type { Room } from 'matrix-js-sdk/lib/models/room.js';
import { type Person, ProblemError } from '../../types.ts';
import { machineOf } from '../machine.ts';
import { within } from '../within.ts';

export interface VerificationOptions {
  client: MatrixClient;
  crypto: CryptoApi;
  /** The direct message with a person, if there is one. */
  findDirect(userId: string): Room | undefined;
  /** Whether what is sent into the room now is encrypted. */
  isSealed(roomId: string): boolean;
  personOf(userId: string): Person;
  /** Marks people as shown, so that they get the keys of the verification's steps. */
  showPeople(roomId: string, userIds: readonly string[]): void;
  now(): number;
  /** Somebody was verified just now. */
  onVerified(userId: string): void;
}

/** Who is asked: a person, one session of one's own, or all of them. */
export interface Asked {
  userId?: string;
  deviceId?: string;
}

/** A question that was put, and the further sessions that it was put to. */
export interface Put {
  request: SdkRequest;
  alsoAsked: readonly string[];
  /** All sessions that were there to hear it. */
  heardBy: readonly string[];
}

/** How long a question, or an answer to one, may hold up those that come in meanwhile. */
export const askingMs = 20_000;

/** Asks, within a time: what others ask waits behind it. A question that gets out later is taken back. */
export async function ask(whom: Asked, options: VerificationOptions): Promise<Put> {
  const late = new AbortController();
  const asking = put(whom, options, late.signal);
  const question = await within(asking, askingMs);
  if (question) return question;
  late.abort();
  asking.then((unheard) => takeBack(unheard, options)).catch(() => {});
  throw new ProblemError({ kind: 'network' });
}

/** Withdraws a question wherever it was put. Throws what the requests throw. */
export async function takeBack({ request, alsoAsked }: Put, { client }: VerificationOptions): Promise<void> {
  const content = { transaction_id: request.transactionId, code: 'm.user', reason: 'm.user' };
  const place = { userId: request.otherUserId, deviceIds: alsoAsked, content };
  if (alsoAsked.length > 0) await sendToSessions(client, 'm.key.verification.cancel', place).catch(() => {});
  await request.cancel();
}

async function put({ userId, deviceId }: Asked, options: VerificationOptions, late: AbortSignal): Promise<Put> {
  const { client, crypto, findDirect, isSealed, showPeople } = options;
  const own = client.getSafeUserId();
  await machineOf(crypto).forgetEnded();
  late.throwIfAborted();
  const only = (request: SdkRequest, heardBy: readonly string[]): Put => ({ request, alsoAsked: [], heardBy });
  if (userId === undefined || userId === own) {
    // The machine asks those alone that it knows, and one that has just logged in may know none of its owner's others yet.
    await machineOf(crypto).lookUp([own]);
    late.throwIfAborted();
    if (deviceId !== undefined) return only(await crypto.requestDeviceVerification(own, deviceId), [deviceId]);
    const heardBy = await machineOf(crypto).devices(own);
    return only(await crypto.requestOwnUserVerification(), heardBy);
  }
  await machineOf(crypto).lookUp([userId]);
  // Nothing to take back yet: a late question would end one that was put since.
  late.throwIfAborted();
  if (!(await crypto.getUserVerificationStatus(userId)).known) throw new ProblemError({ kind: 'not-found' });
  const room = findDirect(userId);
  if (room?.getMember(userId)?.membership === KnownMembership.Join) {
    showPeople(room.roomId, [userId]);
    const heardBy = await machineOf(crypto).signedDevices(userId);
    if (isSealed(room.roomId)) return only(await crypto.requestVerificationDM(userId, room.roomId), heardBy);
  }
  return askSessions(userId, options);
}

const requestType = 'm.key.verification.request';
/** The ways to compare that one offers (client-server API). */
export const methods: readonly string[] = ['m.sas.v1', 'm.qr_code.scan.v1', 'm.qr_code.show.v1', 'm.reciprocate.v1'];

/**
 * Where the two have no conversation that both have entered, or nothing may be sent into it while the other's identity is
 * in question, the person is asked from session to session: each one that they have signed. The machine takes one question
 * to one session at a time; the others get the very same, and whichever answers has it.
 */
async function askSessions(userId: string, { client, crypto, now }: VerificationOptions): Promise<Put> {
  const [first, ...alsoAsked] = await machineOf(crypto).signedDevices(userId);
  if (first === undefined) throw new ProblemError({ kind: 'not-found' });
  const request = await crypto.requestDeviceVerification(userId, first);
  const content = {
    from_device: client.getDeviceId(),
    transaction_id: request.transactionId,
    methods,
    timestamp: Math.floor(now()),
  };
  if (alsoAsked.length > 0) await sendToSessions(client, requestType, { userId, deviceIds: alsoAsked, content });
  return { request, alsoAsked, heardBy: [first, ...alsoAsked] };
}

/** One content to several sessions of a person. */
export async function sendToSessions(
  client: MatrixClient,
  type: string,
  { userId, deviceIds, content }: { userId: string; deviceIds: readonly string[]; content: object },
): Promise<void> {
  const byDevice = new Map(deviceIds.map((deviceId) => [deviceId, { ...content }]));
  await client.sendToDevice(type, new Map([[userId, byDevice]]));
}

/** A step that comes while the client ends finds no machine any more, which is nobody's error. */
export function endQuietly(crypto: CryptoBackend): void {
  const inside = crypto as unknown as { onKeyVerificationEvent(event: MatrixEvent): Promise<void> };
  const take = inside.onKeyVerificationEvent.bind(crypto);
  inside.onKeyVerificationEvent = (event) => take(event).catch(() => {});
}

/**
 * The machine passes over a request of a session that it doesn't know, and it knows those alone with whom a room is
 * shared: whoever asks is looked up before it takes the request in.
 */
export function meetAskers(crypto: CryptoBackend): void {
  const take = crypto.processSyncChanges.bind(crypto);
  crypto.processSyncChanges = async (changes) => {
    const askers = (changes.toDeviceEvents ?? [])
      .filter(({ type }) => type === requestType)
      .map(({ sender }) => sender);
    if (askers.length > 0)
      await machineOf(crypto)
        .lookUp(askers)
        .catch(() => {});
    return take(changes);
  };
}

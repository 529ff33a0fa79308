import type { MatrixClient } from 'matrix-js-sdk/lib/client.js';
import { type CryptoApi, CryptoEvent } from 'matrix-js-sdk/lib/crypto-api/index.js';
import {
  VerificationPhase as SdkPhase,
  type VerificationRequest as SdkRequest,
  VerificationRequestEvent,
  VerifierEvent,
} from 'matrix-js-sdk/lib/crypto-api/verification.js';
import { createSource, isSameData } from '../../observable.ts';
import type { VerificationRequest, Verifications } from '../../trust-types.ts';
import { type Person, ProblemError } from '../../types.ts';
import { guarded } from './recovery.ts';
import { type OwnPart, phaseOf } from './verification-phase.ts';

export interface VerificationOptions {
  client: MatrixClient;
  crypto: CryptoApi;
  /** The direct message with a person. */
  openDirect(userId: string): Promise<string>;
  personOf(userId: string): Person;
  /** Marks people as shown, so that they get the keys of the verification's steps. */
  showPeople(roomId: string, userIds: readonly string[]): void;
}

interface Running extends OwnPart {
  id: string;
  request: SdkRequest;
  /** The one session of one's own that was asked: the SDK knows it only once it has answered. */
  askedDeviceId?: string;
  isIncoming: boolean;
  isVerifying: boolean;
  isMakingCode: boolean;
}

/** All verifications of one client: those of people, in a conversation, and those between own sessions. */
export function createVerifications(options: VerificationOptions): Verifications {
  const { client, crypto } = options;
  const list = createSource<readonly VerificationRequest[]>([]);
  const running = new Map<string, Running>();

  function renew(): void {
    const before = new Map(list.get().map((shown) => [shown.id, shown]));
    const next = [...running.values()].map((run) => {
      const shown = show(run, options);
      const same = before.get(run.id);
      return same && isSameData(same, shown) ? same : shown;
    });
    if (!isSameData(next, list.get())) list.set(next);
  }

  function follow(request: SdkRequest, isIncoming: boolean, askedDeviceId?: string): string {
    const id = request.transactionId ?? '';
    if (running.has(id)) return id;
    const run: Running = {
      id,
      request,
      isIncoming,
      ...(askedDeviceId !== undefined && { askedDeviceId }),
      hasConfirmed: false,
      hasStopped: false,
      isVerifying: false,
      isMakingCode: false,
    };
    running.set(id, run);
    if (request.roomId !== undefined) options.showPeople(request.roomId, [request.otherUserId]);
    const step = () => {
      advance(run, step);
      renew();
    };
    request.on(VerificationRequestEvent.Change, step);
    step();
    return id;
  }

  client.on(CryptoEvent.VerificationRequestReceived, (request) => void follow(request, true));
  const at = (id: string): Running => {
    const run = running.get(id);
    if (!run) throw new ProblemError({ kind: 'not-found' });
    return run;
  };
  const verbs = verbsOf(at, renew);
  return {
    get: list.get,
    subscribe: list.subscribe,
    ...guarded({
      ...verbs,
      request: async (whom) => follow(await ask(whom, options, crypto), false, whom.deviceId),
    } satisfies Omit<Verifications, 'get' | 'subscribe' | 'dismiss'>),
    dismiss(id) {
      const run = running.get(id);
      const kind = run && show(run, options).phase.kind;
      if (kind !== 'done' && kind !== 'cancelled') return;
      running.delete(id);
      renew();
    },
  };
}

function verbsOf(
  at: (id: string) => Running,
  renew: () => void,
): Omit<Verifications, 'get' | 'subscribe' | 'dismiss' | 'request'> {
  const cancel = async (id: string) => {
    const run = at(id);
    const { request } = run;
    if (request.pending) {
      run.hasStopped = true;
      await request.cancel();
    }
    renew();
  };
  return {
    async accept(id) {
      const { request } = at(id);
      if (request.phase === SdkPhase.Requested && !request.accepting) await request.accept();
    },
    decline: cancel,
    cancel,
    async startEmoji(id) {
      const { request } = at(id);
      // Both may start at once: then theirs is under way already, or the machine breaks the tie.
      if (request.phase === SdkPhase.Ready) await request.startVerification('m.sas.v1');
    },
    async scan(id, bytes) {
      const run = at(id);
      const { request } = run;
      await request.scanQRCode(new Uint8ClampedArray(bytes)).catch(async (error: unknown) => {
        await request.cancel().catch(() => {});
        throw new ProblemError({ kind: 'wrong-code' }, error);
      });
      run.hasScanned = true;
      renew();
    },
    async confirm(id) {
      const run = at(id);
      const { verifier } = run.request;
      const [sas, code] = [verifier?.getShowSasCallbacks(), verifier?.getReciprocateQrCodeCallbacks()];
      if (run.hasConfirmed || (!sas && !code)) return;
      run.hasConfirmed = true;
      renew();
      if (sas) await sas.confirm();
      else code?.confirm();
    },
    async mismatch(id) {
      const { verifier } = at(id).request;
      const sas = verifier?.getShowSasCallbacks();
      if (sas) sas.mismatch();
      else await cancel(id);
      renew();
    },
  };
}

/** What follows by itself: a start of the other side is accepted, and a code made when it can be scanned. */
function advance(run: Running, step: () => void): void {
  const { request } = run;
  const { verifier } = request;
  if (verifier && !run.isVerifying) {
    run.isVerifying = true;
    // The request's own change is told just before the emoji are there.
    verifier.on(VerifierEvent.ShowSas, step);
    verifier.verify().then(step, step);
  }
  const canShow = request.phase === SdkPhase.Ready && request.otherPartySupportsMethod('m.qr_code.scan.v1');
  if (!canShow || run.isMakingCode) return;
  run.isMakingCode = true;
  request.generateQRCode().then(
    (bytes) => {
      if (bytes) run.qr = new Uint8Array(bytes);
      step();
    },
    // Without a code there are the emoji.
    () => {},
  );
}

function show(run: Running, { personOf }: VerificationOptions): VerificationRequest {
  const { id, request, isIncoming } = run;
  const { roomId, isSelfVerification } = request;
  const deviceId = request.otherDeviceId ?? run.askedDeviceId;
  return {
    id,
    other: personOf(request.otherUserId),
    ...(isSelfVerification && deviceId !== undefined && { deviceId }),
    isOwnSession: isSelfVerification,
    isIncoming,
    isAfterChange: false,
    ...(roomId !== undefined && { roomId }),
    phase: phaseOf(request, run),
  };
}

async function ask(
  { userId, deviceId }: { userId?: string; deviceId?: string },
  { client, openDirect, showPeople }: VerificationOptions,
  crypto: CryptoApi,
): Promise<SdkRequest> {
  const own = client.getSafeUserId();
  if (userId === undefined || userId === own) {
    return deviceId === undefined
      ? crypto.requestOwnUserVerification()
      : crypto.requestDeviceVerification(own, deviceId);
  }
  if (!(await crypto.userHasCrossSigningKeys(userId, true))) throw new ProblemError({ kind: 'not-found' });
  const roomId = await openDirect(userId);
  showPeople(roomId, [userId]);
  return crypto.requestVerificationDM(userId, roomId);
}

import { type OutgoingRequest, type Qr, QrCodeScan, type Sas } from '@matrix-org/matrix-sdk-crypto-wasm';
import type { CryptoApi } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { VerificationPhase, type VerificationRequest } from 'matrix-js-sdk/lib/crypto-api/verification.js';

/**
 * The steps by which a verification gets its method, one at a time with what a sync brings.
 *
 * The machine looks whether a method was begun, waits for its store, and only then begins one. If their beginning is taken
 * in meanwhile, it finds a second one in the place of the first and cancels both (`VerificationCache::insert` in
 * matrix-sdk-crypto): two people who pressed "Compare emoji" at once, or one who pressed while the other's code was being
 * made, would read that it was declined. Each of these resolves with nothing where the other side was faster: theirs goes on.
 */
export interface MachineTurns {
  startEmoji(request: VerificationRequest): Promise<void>;
  makeCode(request: VerificationRequest): Promise<Uint8Array | undefined>;
  /** Throws where the code is none, or somebody else's. */
  scan(request: VerificationRequest, code: Uint8ClampedArray): Promise<void>;
}

interface Inside {
  getOlmMachineOrThrow(): Record<'receiveSyncChanges' | 'receiveVerificationEvent', Step>;
  outgoingRequestProcessor: { makeOutgoingRequest(request: object): Promise<void> };
}

interface InsideRequest {
  inner: {
    startSas(): Promise<[Sas, OutgoingRequest] | undefined>;
    generateQrCode(): Promise<Qr | undefined>;
    scanQrCode(code: QrCodeScan): Promise<Qr>;
  };
  /** Waits a while where their sessions are being looked up; without them the machine begins nothing. */
  getOtherDevice(): Promise<object | undefined>;
}

type Step = (...given: unknown[]) => Promise<unknown>;

/** Takes what syncs bring into the turns, from now on. */
export function createMachineTurns(crypto: CryptoApi): MachineTurns {
  const inside = crypto as unknown as Inside;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(step: () => Promise<T>): Promise<T> => {
    const turn = last.then(step);
    last = turn.catch(() => {});
    return turn;
  };
  const machine = inside.getOlmMachineOrThrow();
  for (const name of ['receiveSyncChanges', 'receiveVerificationEvent'] as const) {
    const receive = machine[name].bind(machine);
    machine[name] = (...given) => inTurn(() => receive(...given));
  }
  /** Looks in the turn itself whether there is still a method to be chosen. */
  async function begin<T>(request: VerificationRequest, step: (inner: InsideRequest['inner']) => Promise<T>) {
    const within = request as unknown as InsideRequest;
    await within.getOtherDevice();
    return inTurn(async () => (request.phase === VerificationPhase.Ready ? step(within.inner) : undefined));
  }
  const send = (sent: object | undefined) => sent && inside.outgoingRequestProcessor.makeOutgoingRequest(sent);
  return {
    async startEmoji(request) {
      const begun = await begin(request, (inner) => inner.startSas());
      await send(begun?.[1]);
    },
    async makeCode(request) {
      const code = await begin(request, (inner) => inner.generateQrCode());
      return code && new Uint8Array(code.toBytes());
    },
    async scan(request, code) {
      const scanned = await begin(request, (inner) => inner.scanQrCode(QrCodeScan.fromBytes(code)));
      await send(scanned?.reciprocate());
    },
  };
}

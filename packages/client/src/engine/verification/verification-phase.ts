import {
  VerificationPhase as SdkPhase,
  type VerificationRequest as SdkRequest,
} from 'matrix-js-sdk/lib/crypto-api/verification.js';
import { emojiNumbers } from '../../crypto/sas-emoji.ts';
import type { VerificationPhase } from '../../trust-types.ts';
import { isEndedHere } from '../machine.ts';

/** What we did in a verification, which the SDK doesn't remember. */
export interface OwnPart {
  /** The code to show, once it was made. */
  qr?: Uint8Array;
  hasConfirmed: boolean;
  /** We scanned their code. The SDK goes on looking at the code that we showed, and says that nothing was chosen yet. */
  hasScanned?: boolean;
  /** Both sides began to compare, in two different ways: the machine ends both. */
  isBegunInTwoWays: boolean;
  /** The person here stopped it. */
  hasStopped: boolean;
  /** Both asked, and the question that goes on is on its way. */
  isMeeting: boolean;
  /** A step of ours couldn't be sent: the other side knows nothing of it, and there is no going on. */
  hasBroken: boolean;
}

const methods = { emoji: 'm.sas.v1', show: 'm.qr_code.show.v1' } as const;

/** Where a verification stands, in a screen's terms. */
export function phaseOf(request: SdkRequest, own: OwnPart): VerificationPhase {
  const { qr, hasConfirmed, hasScanned, hasBroken } = own;
  if (hasBroken) return { kind: 'cancelled', by: 'us', why: 'failed' };
  switch (request.phase) {
    case SdkPhase.Done:
      return { kind: 'done' };
    case SdkPhase.Cancelled:
      return cancelled(request, own);
    case SdkPhase.Ready:
      if (hasScanned) return { kind: 'waiting', for: 'confirmation' };
      if (!request.pending) return { kind: 'cancelled', by: 'us', why: 'elsewhere' };
      return {
        kind: 'choosing',
        canEmoji: request.otherPartySupportsMethod(methods.emoji),
        canScan: request.otherPartySupportsMethod(methods.show),
        ...(qr && { qr }),
      };
    case SdkPhase.Started:
      return started(request, hasConfirmed);
    default:
      if (!request.pending) return { kind: 'cancelled', by: 'us', why: 'elsewhere' };
      if (request.initiatedByMe) return { kind: 'waiting', for: 'answer' };
      return request.accepting ? { kind: 'waiting', for: 'start' } : { kind: 'incoming' };
  }
}

function started({ verifier, chosenMethod }: SdkRequest, hasConfirmed: boolean): VerificationPhase {
  if (hasConfirmed) return { kind: 'waiting', for: 'confirmation' };
  const sas = verifier?.getShowSasCallbacks()?.sas;
  const ids = emojiNumbers((sas?.emoji ?? []).map(([, name]) => name));
  if (ids) return { kind: 'emoji', ids, decimals: sas?.decimal };
  if (verifier?.getReciprocateQrCodeCallbacks()) return { kind: 'scanned' };
  return { kind: 'waiting', for: chosenMethod === methods.emoji ? 'start' : 'confirmation' };
}

function cancelled(request: SdkRequest, { hasStopped, isMeeting, isBegunInTwoWays }: OwnPart): VerificationPhase {
  if (isMeeting && !hasStopped) return { kind: 'waiting', for: 'answer' };
  const why = reasons[request.cancellationCode ?? ''] ?? 'failed';
  const by = hasStopped || isEndedHere(request) ? 'us' : 'them';
  if (isBegunInTwoWays && !hasStopped && (why === 'declined' || why === 'failed'))
    return { kind: 'cancelled', by, why: 'two-ways' };
  // What the machine stopped was declined by nobody here.
  return { kind: 'cancelled', by, why: why === 'declined' && by === 'us' && !hasStopped ? 'failed' : why };
}

/** Client-server API, "m.key.verification.cancel". */
const reasons: Readonly<Record<string, Extract<VerificationPhase, { kind: 'cancelled' }>['why']>> = {
  'm.user': 'declined',
  'm.timeout': 'timed-out',
  'm.accepted': 'elsewhere',
  'm.mismatched_sas': 'mismatch',
  'm.mismatched_commitment': 'mismatch',
  'm.key_mismatch': 'mismatch',
  'm.user_error': 'mismatch',
};

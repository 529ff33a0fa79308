import {
  VerificationPhase as SdkPhase,
  type VerificationRequest as SdkRequest,
  VerificationRequestEvent,
  VerifierEvent,
} from 'matrix-js-sdk/lib/crypto-api/verification.js';
import { isEndedHere, isLeftBehind, isSwapped } from '../machine.ts';
import type { MachineTurns } from './machine-turns.ts';
import type { OwnPart } from './verification-phase.ts';

/** A verification that goes on, or ended and wasn't dismissed. */
export interface Running extends OwnPart {
  id: string;
  /** Another one takes its place where both sides asked at once. */
  request: SdkRequest;
  /** The other session: the SDK knows it only from its answer on, and not any more at the end. */
  deviceId?: string;
  isIncoming: boolean;
  isAfterChange: boolean;
  /** Other sessions of the person that were asked the same. */
  alsoAsked: readonly string[];
  /** The other side has answered. */
  hasBegun: boolean;
  isVerifying: boolean;
  isMakingCode: boolean;
  /** Done, and what follows from it has been sent. */
  isSettled: boolean;
  /** Ended here, and the other side couldn't be told yet. */
  isEndUntold?: boolean;
}

/** Tells other sessions that the question they were asked is answered, or taken back (client-server API, `code`). */
export type EndElsewhere = (run: Running, deviceIds: readonly string[], code: 'm.accepted' | 'm.user') => void;

export interface RunOptions extends Pick<Running, 'deviceId' | 'isIncoming' | 'isAfterChange' | 'alsoAsked'> {
  /** The session has ended, and the machine with it: nothing can be asked of it any more. */
  isOver(): boolean;
  onStep(run: Running): void;
  endElsewhere: EndElsewhere;
  turns: MachineTurns;
}

/** Begins to follow a request. */
export function createRun(request: SdkRequest, { isOver, onStep, endElsewhere, turns, ...given }: RunOptions) {
  const run: Running = {
    ...given,
    id: request.transactionId ?? '',
    request,
    hasConfirmed: false,
    hasStopped: false,
    isMeeting: false,
    hasBegun: false,
    hasBroken: false,
    isBegunInTwoWays: false,
    isVerifying: false,
    isMakingCode: false,
    isSettled: false,
  };
  const step = () => {
    if (isOver()) return;
    const { otherDeviceId } = run.request;
    if (otherDeviceId !== undefined) run.deviceId = otherDeviceId;
    run.hasBegun ||= run.request.phase === SdkPhase.Ready || run.request.phase === SdkPhase.Started;
    run.isBegunInTwoWays = turns.isBegunInTwoWays(run.request);
    if (isLeftBehind(run.request)) turns.cancel(run.request).then(step, step);
    if (!run.hasConfirmed && run.request.phase === SdkPhase.Started) endSwapped(run.request, turns);
    settleOthers(run, endElsewhere);
    advance(run, turns, step);
    onStep(run);
  };
  const follow = (next: SdkRequest) => {
    run.isMeeting = false;
    run.request = next;
    next.on(VerificationRequestEvent.Change, () => run.request === next && step());
    step();
  };
  follow(request);
  return { run, follow };
}

/** Ends it as a mismatch where something else is compared by now than the screen shows; true where it was so. */
export function endSwapped(request: SdkRequest, turns: MachineTurns): boolean {
  const { verifier } = request;
  if (!verifier || !isSwapped(request)) return false;
  turns.mismatch(verifier).catch(() => {});
  return true;
}

/** The first session that answers has it: the others need not ring any more. */
function settleOthers(run: Running, endElsewhere: EndElsewhere): void {
  const { request, alsoAsked } = run;
  if (alsoAsked.length === 0 || request.phase === SdkPhase.Requested) return;
  run.alsoAsked = [];
  const isTaken = request.phase !== SdkPhase.Cancelled;
  const others = alsoAsked.filter((deviceId) => deviceId !== request.otherDeviceId);
  endElsewhere(run, others, isTaken ? 'm.accepted' : 'm.user');
}

/** What follows by itself: a start of the other side is accepted, and a code made when it can be scanned. */
function advance(run: Running, turns: MachineTurns, step: () => void): void {
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
  turns.makeCode(request).then(
    (code) => {
      if (code) run.qr = code;
      step();
    },
    // Without a code there are the emoji.
    () => {},
  );
}

/** Whether it still waits for the other side's first answer. */
export function isUnanswered(run: Running): boolean {
  return run.request.phase === SdkPhase.Requested && run.request.pending;
}

/** Whether the other side ended it before anything was compared, as a client does that ends both of two questions. */
export function isEndedUnheard({ request, hasBegun }: Running): boolean {
  const isByUser = request.phase === SdkPhase.Cancelled && request.cancellationCode === 'm.user';
  return isByUser && !hasBegun && !isEndedHere(request);
}

/**
 * Questions that cross (security.md A12): each of two asked the other before the other's question came in. The machine would
 * end both (`insert_request` in matrix-sdk-crypto), here and there, and what is asked in their place could cross again with
 * the words that they are over. So only one of them reaches it: that of the lower id goes on, which both sides can tell
 * without another word.
 */
import { within } from '../within.ts';
import type { Question } from './machine-turns.ts';
import { type Asked, askingMs } from './verification-ask.ts';
import { type createRun, isEndedUnheard, isUnanswered } from './verification-run.ts';

/** A run, who was asked by it, and whether they asked as well and were passed over. */
export type Followed = ReturnType<typeof createRun> & {
  asked: Asked;
  askedAtMs: number;
  /** The sessions that were there to hear it. */
  heardBy: readonly string[];
  hasCrossed?: boolean;
};

/** Whether a question that comes in meets one of ours: to the same person or, between own sessions, to the same one. */
export function isCrossing(ours: Followed, theirs: Question, nowMs: number): boolean {
  const { run, asked, askedAtMs } = ours;
  const { otherUserId, otherDeviceId, isSelfVerification, pending } = run.request;
  if (run.isIncoming || otherUserId !== theirs.userId) return false;
  const deviceId = isSelfVerification ? (asked.deviceId ?? otherDeviceId) : undefined;
  if (deviceId !== undefined && deviceId !== theirs.deviceId) return false;
  // Theirs may be the slower one: ours was answered by then, or ended by a machine that ends both.
  const isAhead = (run.hasBegun && pending) || isEndedUnheard(run);
  return isUnanswered(run) || (isAhead && isLower(ours, theirs) && nowMs - askedAtMs < crossingMs);
}

/** Whether ours goes on of these two. A session that came later knows nothing of ours, and waits for an answer to its own. */
export function isOursToGoOn(ours: Followed, theirs: Question): boolean {
  return isLower(ours, theirs) && (ours.run.hasBegun || ours.heardBy.includes(theirs.deviceId));
}

const isLower = ({ run }: Followed, { id }: Question): boolean => (run.request.transactionId ?? '') < id;

/** Takes ours back for theirs. A word of it that doesn't get out is not needed: the other side passes ours over. */
export async function giveWay({ run }: Followed): Promise<void> {
  run.isMeeting = true;
  await within(run.request.cancel(), askingMs).catch(() => {});
}

/** Resolves or throws as `give` does, and where `work` ends without having given, as that does. */
export function untilGiven(
  give: () => Promise<void>,
  work: (give: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const giving = () => {
    const given = give();
    given.then(resolve, reject);
    return given;
  };
  work(giving).then(resolve, reject);
  return promise;
}

/** Questions that cross do so within this time; later ones are questions of their own. */
const crossingMs = 30_000;

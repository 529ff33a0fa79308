import { CryptoEvent } from 'matrix-js-sdk/lib/crypto-api/index.js';
import {
  VerificationPhase as SdkPhase,
  type VerificationRequest as SdkRequest,
} from 'matrix-js-sdk/lib/crypto-api/verification.js';
import { createSource, isSameData } from '../../observable.ts';
import type { VerificationRequest, Verifications } from '../../trust-types.ts';
import { ProblemError } from '../../types.ts';
import { isChanged } from '../key-guard.ts';
import { isCode } from '../machine.ts';
import { guarded, isOfRequest } from '../sdk-problems.ts';
import { createTurns } from '../turns.ts';
import { within } from '../within.ts';
import type { MachineTurns, Question } from './machine-turns.ts';
import { isSettled, type Unfinished } from './unfinished.ts';
import {
  type Asked,
  ask,
  askingMs,
  type Put,
  sendToSessions,
  takeBack,
  type VerificationOptions,
} from './verification-ask.ts';
import { type Followed, giveWay, isCrossing, isOursToGoOn, untilGiven } from './verification-crossing.ts';
import { phaseOf } from './verification-phase.ts';
import {
  createRun,
  type EndElsewhere,
  endSwapped,
  isEndedUnheard,
  isUnanswered,
  type Running,
} from './verification-run.ts';

/** All verifications of one client: those of people, and those between own sessions. `note` hears of each step. */
export function createVerifications(
  options: VerificationOptions & { turns: MachineTurns; synced: Promise<void> },
  note: Unfinished['note'],
): Verifications {
  const { client, crypto, turns, synced } = options;
  const list = createSource<readonly VerificationRequest[]>([]);
  const running = new Map<string, Followed>();

  const isOver = () => !client.clientRunning;

  function renew(): void {
    if (isOver()) return;
    const before = new Map(list.get().map((shown) => [shown.id, shown]));
    const next = [...running.values()].map(({ run }) => {
      const shown = show(run, options);
      const same = before.get(run.id);
      return same && isSameData(same, shown) ? same : shown;
    });
    note([...running.values()].map(({ run }) => run));
    if (!isSameData(next, list.get())) list.set(next);
  }

  async function begin({ request, alsoAsked, heardBy }: Put, asked?: Asked): Promise<string> {
    const { transactionId: id = '', roomId, otherUserId, isSelfVerification } = request;
    if (roomId !== undefined) options.showPeople(roomId, [otherUserId]);
    const status = isSelfVerification ? undefined : await crypto.getUserVerificationStatus(otherUserId);
    const isAfterChange = status !== undefined && isChanged(status);
    const onStep = (run: Running) => {
      const mine = running.get(id);
      if (mine?.hasCrossed && isEndedUnheard(run)) void askAgain(mine);
      renew();
      if (run.request.phase === SdkPhase.Done) void settle(run);
    };
    const followed = createRun(request, {
      ...(asked?.deviceId !== undefined && { deviceId: asked.deviceId }),
      isIncoming: !asked,
      isAfterChange,
      alsoAsked,
      isOver,
      onStep,
      endElsewhere,
      turns,
    });
    running.set(id, { ...followed, asked: asked ?? {}, askedAtMs: options.now(), heardBy });
    renew();
    return id;
  }

  async function settle(run: Running): Promise<void> {
    const { isSelfVerification, otherUserId } = run.request;
    if (!isSelfVerification) options.onVerified(otherUserId);
    for (let attempt = 0; attempt < settlingAttempts && !isOver(); attempt++) {
      run.isSettled = await isSettled(run, options).catch(() => false);
      if (run.isSettled) break;
      await new Promise((resolve) => setTimeout(resolve, settlingWaitMs));
    }
    renew();
  }

  const endElsewhere: EndElsewhere = ({ request }, deviceIds, code) => {
    const content = { transaction_id: request.transactionId, code, reason: code };
    const place = { userId: request.otherUserId, deviceIds, content };
    if (deviceIds.length > 0) void sendToSessions(client, 'm.key.verification.cancel', place).catch(() => {});
  };

  /**
   * Questions are put and taken in one at a time: the counterpart of one may be faster than the server's word on it, and one
   * that is just coming in is to be found by whoever asks.
   */
  const inOrder = createTurns();

  async function receive(request: SdkRequest, ours?: Followed): Promise<void> {
    const isKnown = [...running.values()].some(({ run }) => run.request.transactionId === request.transactionId);
    if (isKnown) return;
    if (!ours) return void (await begin({ request, alsoAsked: [], heardBy: [] }));
    if (!request.pending) return;
    ours.follow(request);
    await within(request.accept(), askingMs);
  }

  /** In place of two that crossed, where the other side's machine has ended both. Once: then it was a person. */
  async function askAgain(ours: Followed): Promise<void> {
    ours.hasCrossed = false;
    ours.run.isMeeting = true;
    const again = await inOrder(() => ask(ours.asked, options)).catch(() => undefined);
    ours.run.isMeeting = false;
    if (again && ours.run.hasStopped) void takeBack(again, options).catch(() => {});
    if (!again || ours.run.hasStopped) return renew();
    ours.run.alsoAsked = again.alsoAsked;
    ours.heardBy = again.heardBy;
    ours.follow(again.request);
  }

  turns.onQuestion((question, give) => untilGiven(give, (giving) => inOrder(() => takeIn(question, giving))));

  /** Whether the machine gets a question, and who is to see it, in one turn: in between nobody asks. */
  async function takeIn(question: Question, give: () => Promise<void>): Promise<void> {
    const ours = [...running.values()].find((each) => isCrossing(each, question, options.now()));
    if (ours && isOursToGoOn(ours, question)) {
      ours.hasCrossed = true;
      if (isEndedUnheard(ours.run)) void askAgain(ours);
      return;
    }
    if (ours) await giveWay(ours);
    await give();
    const request = turns.requestOf(question);
    // In this turn: whoever asks next has to find it. Who stopped ours meanwhile is asked as anybody.
    if (request && isSynced) await receive(request, ours?.run.hasStopped ? undefined : ours);
    else if (request) void take(request);
    if (ours) ours.run.isMeeting = false;
    renew();
  }

  // What the cache tells of may be over; and before the first sync no answer leaves.
  let isSynced = false;
  void synced.then(() => {
    isSynced = true;
  });
  const take = (request: SdkRequest) => synced.then(() => inOrder(() => receive(request))).catch(() => {});
  client.on(CryptoEvent.VerificationRequestReceived, (request) => void take(request));
  const at = (id: string): Running => {
    const followed = running.get(id);
    if (!followed) throw new ProblemError({ kind: 'not-found' });
    return followed.run;
  };
  const verbs = verbsOf({ at, turns, renew, isOver });
  /** Who is being asked already answers by asking. */
  async function request(whom: Asked): Promise<string> {
    const theirs = [...running.values()].find(
      ({ run }) =>
        run.isIncoming && isUnanswered(run) && run.request.otherUserId === (whom.userId ?? client.getSafeUserId()),
    );
    const isMeant = whom.deviceId === undefined || whom.deviceId === theirs?.run.request.otherDeviceId;
    if (!theirs || !isMeant) return begin(await ask(whom, options), whom);
    await within(verbs.accept(theirs.run.id), askingMs);
    return theirs.run.id;
  }
  return {
    get: list.get,
    subscribe: list.subscribe,
    ...guarded({ ...verbs, request: (whom: Asked) => inOrder(() => request(whom)) } satisfies Omit<
      Verifications,
      'get' | 'subscribe' | 'dismiss'
    >),
    dismiss(id) {
      const run = running.get(id)?.run;
      const kind = run && phaseOf(run.request, run).kind;
      if (kind !== 'done' && kind !== 'cancelled') return;
      running.delete(id);
      renew();
    },
  };
}

/** Some ten minutes: as long as the other side waits. */
const settlingAttempts = 300;
const settlingWaitMs = 2000;

interface VerbsOptions {
  at(id: string): Running;
  turns: MachineTurns;
  renew(): void;
  /** Whether the client runs: while it ends, all requests fail. */
  isOver(): boolean;
}

function verbsOf({
  at,
  turns,
  renew,
  isOver,
}: VerbsOptions): Omit<Verifications, 'get' | 'subscribe' | 'dismiss' | 'request'> {
  const tellEnd = async (run: Running, end = () => turns.cancel(run.request)) => {
    run.isEndUntold = true;
    renew();
    await end();
    run.isEndUntold = false;
    renew();
  };
  const cancel = async (id: string) => {
    const run = at(id);
    run.hasStopped = true;
    if (run.request.pending) await tellEnd(run);
    renew();
  };
  /** Sends a step. The machine has taken it for sent, so that one which never arrives ends the verification. */
  const send = async (run: Running, work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      if (isOver() || !isOfRequest(error)) throw error;
      run.hasBroken = true;
      await tellEnd(run).catch(() => {});
    }
  };
  return {
    async accept(id) {
      const run = at(id);
      const { request } = run;
      if (request.phase !== SdkPhase.Requested || request.accepting) return;
      const accepting = send(run, () => request.accept());
      renew();
      await accepting;
    },
    decline: cancel,
    cancel,
    async startEmoji(id) {
      const run = at(id);
      // Both may start at once: then theirs goes on, or, where both have left already, the machine breaks the tie.
      await send(run, () => turns.startEmoji(run.request));
    },
    async scan(id, bytes) {
      const run = at(id);
      const { request } = run;
      const code = new Uint8ClampedArray(bytes);
      if (!isCode(code)) throw new ProblemError({ kind: 'unreadable-code' });
      await send(run, () => turns.scan(request, code)).catch(async (error: unknown) => {
        if (isOver()) throw error;
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
      if (!verifier || run.hasConfirmed || (!sas && !code) || endSwapped(run.request, turns)) return;
      run.hasConfirmed = true;
      renew();
      await send(run, () => turns.confirm(verifier));
    },
    async mismatch(id) {
      const run = at(id);
      const { verifier } = run.request;
      if (!verifier?.getShowSasCallbacks()) return cancel(id);
      await tellEnd(run, () => turns.mismatch(verifier));
    },
  };
}

function show(run: Running, { personOf }: VerificationOptions): VerificationRequest {
  const { id, request, deviceId, isIncoming, isAfterChange } = run;
  const { roomId, isSelfVerification } = request;
  return {
    id,
    other: personOf(request.otherUserId),
    ...(isSelfVerification && deviceId !== undefined && { deviceId }),
    isOwnSession: isSelfVerification,
    isIncoming,
    isAfterChange,
    ...(roomId !== undefined && { roomId }),
    phase: phaseOf(request, run),
  };
}

import {
  DeviceLists,
  type OlmMachine,
  type OutgoingRequest,
  type Qr,
  QrCodeScan,
  RoomId,
  type Sas,
  UserId,
} from '@matrix-org/matrix-sdk-crypto-wasm';
import type { CryptoApi } from 'matrix-js-sdk/lib/crypto-api/index.js';
import {
  VerificationPhase,
  type VerificationRequest,
  type Verifier,
} from 'matrix-js-sdk/lib/crypto-api/verification.js';
import { createTurns } from '../turns.ts';
import { keepNewest } from './newest.ts';
import { flowOf, type Step } from './step.ts';
import { type OutgoingRequests, sendStepsInOrder } from './steps-in-order.ts';
import { createBegunWays } from './two-ways.ts';

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
  /**
   * Says that the emoji match, or that the other side has scanned our code. Begun to be sent before a sync brings that they do
   * there: the answer to it comes behind. Not by the SDK, where nobody hears what becomes of the latter.
   */
  confirm(verifier: Verifier): Promise<void>;
  /** Says that the emoji differ, which is decided at once. Not by the SDK, where nobody hears what becomes of it. */
  mismatch(verifier: Verifier): Promise<void>;
  /** Ends it, but not while its code is being made: the machine would take it up again with that (`generate_qr_code`). */
  cancel(request: VerificationRequest): Promise<void>;
  /**
   * Gives the machine, which remembers no verification over the end of a page, a question once more, as it came first. Asked
   * before the client starts it is there before anything that a sync brings.
   */
  takeUp(open: Open): Promise<void>;
  /** Passes over a question in a conversation that was answered in an earlier page, whenever it comes. */
  passOver(id: string): void;
  /** Tells of it as of one that just came in, unless it is over meanwhile; false where the machine knows nothing of it. */
  tellOf(open: Open): boolean;
  /** From now on `gate` decides about each question that comes in. */
  onQuestion(gate: QuestionGate): void;
  /** Whether both sides began to compare, in two different ways. */
  isBegunInTwoWays(request: VerificationRequest): boolean;
  /** What the machine made of a question. */
  requestOf(question: Question): VerificationRequest | undefined;
}

/** A question that was put to this device, as far as an answer needs it. */
export interface Open {
  id: string;
  userId: string;
  /** The session that asks. */
  deviceId: string;
  roomId?: string;
  methods: readonly string[];
  askedAtMs: number;
}

/** A question of somebody, before the machine knows of it. */
export type Question = Pick<Open, 'id' | 'userId' | 'deviceId'>;

/**
 * Decides about a question. The machine ends both of two that are open with one person (`insert_request` in
 * matrix-sdk-crypto), so that one of them must not reach it. Resolves once the machine has it, by `give`, or is not to have it.
 */
export type QuestionGate = (question: Question, give: () => Promise<void>) => Promise<void>;

interface Inside {
  getOlmMachineOrThrow(): OlmMachine;
  outgoingRequestProcessor: OutgoingRequests;
  onIncomingKeyVerificationRequest(sender: string, transactionId: string): void;
  makeVerificationRequest(inner: object): VerificationRequest;
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

type Take = (...given: unknown[]) => Promise<unknown>;

/** Takes what syncs bring into the turns, from now on. */
export function createMachineTurns(crypto: CryptoApi): MachineTurns {
  const inside = crypto as unknown as Inside;
  const inTurn = createTurns();
  sendStepsInOrder(inside.outgoingRequestProcessor);
  const machine = inside.getOlmMachineOrThrow();
  const steps = machine as unknown as Record<'receiveSyncChanges' | 'receiveVerificationEvent', Take>;
  const own = machine.userId.toString();
  const { isLate, end } = createLateWatch(own);
  const ways = createBegunWays(own);
  let gate: QuestionGate = (_, give) => give();
  const receive = steps.receiveSyncChanges.bind(machine);
  steps.receiveSyncChanges = async (events, ...rest) => {
    const { questions, others } = part(String(events), (event) => {
      ways.note(event);
      isLate(event);
    });
    const processed = await inTurn(() => receive(others, ...rest));
    for (const event of questions) decide(event).catch(() => {});
    return processed;
  };
  const receiveInRoom = steps.receiveVerificationEvent.bind(machine);
  steps.receiveVerificationEvent = async (json, roomId) => {
    const event = JSON.parse(String(json)) as Step;
    ways.note(event);
    const isTheirs = isQuestion(event) && event.sender !== own;
    return isTheirs ? decide(event, roomId) : give(event, roomId);
  };
  /** One that is over already meets none of ours. */
  const decide = async (event: Step, roomId?: unknown): Promise<void> => {
    if (!isLate(event)) await gate(questionOf(event), () => give(event, roomId));
  };
  /** From session to session by a sync of the kind that says nothing about one-time keys. */
  const give = (event: Step, roomId?: unknown): Promise<void> =>
    inTurn(async () => {
      if (isLate(event)) return;
      if (roomId !== undefined) await receiveInRoom(JSON.stringify(event), roomId);
      else await machine.receiveSyncChangesMsc4186(JSON.stringify([event]), new DeviceLists(), new Map());
    });
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
      if (begun) ways.noteOurs(idOf(request), 'm.sas.v1');
      await send(begun?.[1]);
    },
    async makeCode(request) {
      const code = await begin(request, (inner) => inner.generateQrCode());
      return code && new Uint8Array(code.toBytes());
    },
    async scan(request, code) {
      const scanned = await begin(request, (inner) => inner.scanQrCode(QrCodeScan.fromBytes(code)));
      if (scanned) ways.noteOurs(idOf(request), 'm.reciprocate.v1');
      await send(scanned?.reciprocate());
    },
    async confirm(verifier) {
      const { inner } = verifier as unknown as { inner: Sas | Qr };
      const say = async () => ('confirm' in inner ? inner.confirm() : [inner.confirmScanning()]);
      const { sent } = await inTurn(async () => ({ sent: Promise.all((await say()).map(send)) }));
      await sent;
    },
    async mismatch(verifier) {
      const { inner } = verifier as unknown as { inner: Sas };
      await send(inner.cancelWithCode('m.mismatched_sas'));
    },
    async cancel(request) {
      const { sent } = await inTurn(async () => ({ sent: request.cancel() }));
      await sent;
    },
    async takeUp(open) {
      const { roomId, ...event } = eventOf(open, own);
      await give(event, roomId === undefined ? undefined : new RoomId(roomId));
    },
    passOver: (id) => end(id, own),
    onQuestion: (given) => {
      gate = given;
    },
    isBegunInTwoWays: (request) => ways.differ(idOf(request)),
    requestOf({ id, userId }) {
      const request = machine.getVerificationRequest(new UserId(userId), id);
      return request && inside.makeVerificationRequest(request);
    },
    tellOf({ id, userId }) {
      const request = machine.getVerificationRequest(new UserId(userId), id);
      if (!request) return false;
      if (!request.isCancelled() && !request.isPassive()) inside.onIncomingKeyVerificationRequest(userId, id);
      return true;
    },
  };
}

/**
 * Whether a question arrives after the word that it is over. Who asks is looked up, and what was asked here waited for, before
 * a question is taken in, so that the word may overtake it; and what was asked in a conversation before a reload comes once
 * more from the cache. The machine would hold it for open, and end the next question for its sake. A question comes little later
 * than the word about it, so that the newest words are enough.
 */
function createLateWatch(own: string) {
  const endedBy = new Map<string, Set<string>>();
  const end = (id: string, sender: string) => {
    // By person, so that nobody's words push out another's.
    const ended = endedBy.get(sender) ?? new Set();
    endedBy.set(sender, ended.add(id));
    keepNewest(ended);
  };
  const isLate = (event: Step): boolean => {
    const { type = '', sender = '' } = event;
    const { id } = questionOf(event);
    const flow = flowOf(event);
    // Their own answer to it was given in another session, or in an earlier page.
    const isEnd = /\.(cancel|done)$/.test(type) || (type.endsWith('.ready') && sender === own);
    if (flow !== undefined && isEnd) end(flow, sender);
    return [sender, own].some((ender) => endedBy.get(ender)?.has(id));
  };
  return { isLate, end };
}

const idOf = ({ transactionId = '' }: VerificationRequest) => transactionId;

const requestType = 'm.key.verification.request';

const isQuestion = ({ type, content }: Step) =>
  type === requestType || (type === 'm.room.message' && content?.msgtype === requestType);

function questionOf({ event_id: id, sender = '', content }: Step): Question {
  return { id: id ?? content?.transaction_id ?? '', userId: sender, deviceId: content?.from_device ?? '' };
}

/** What a sync brings from session to session: the questions, and all else, of which `note` hears. */
function part(events: string, note: (event: Step) => void): { questions: readonly Step[]; others: string } {
  if (!events.includes('"m.key.verification.')) return { questions: [], others: events };
  const all = JSON.parse(events) as Step[];
  all.forEach(note);
  const others = all.filter((event) => !isQuestion(event));
  return { questions: all.filter(isQuestion), others: JSON.stringify(others) };
}

/** The question as the machine took it in first (client-server API, "m.key.verification.request"). */
function eventOf({ id, userId: sender, deviceId, roomId, methods, askedAtMs }: Open, to: string) {
  const content = { from_device: deviceId, methods };
  const at = Math.floor(askedAtMs);
  if (roomId === undefined) {
    return { sender, type: requestType, content: { ...content, transaction_id: id, timestamp: at } };
  }
  const asked = { ...content, msgtype: requestType, body: '', to };
  return { sender, roomId, event_id: id, type: 'm.room.message', origin_server_ts: at, content: asked };
}

import { MsgType } from 'matrix-js-sdk/lib/@types/event.js';
import type { MatrixClient } from 'matrix-js-sdk/lib/client.js';
import type { MatrixEvent } from 'matrix-js-sdk/lib/models/event.js';
import { EventStatus } from 'matrix-js-sdk/lib/models/event-status.js';
import type { Room } from 'matrix-js-sdk/lib/models/room.js';
import { decideSend, type SendFacts, type SendRefusal } from '../crypto/send-gate.ts';
import type { Problem } from '../types.ts';
import { sendProblem } from './sdk-problems.ts';

/** A message that the gate held back: it never reached the SDK. */
export interface HeldBack {
  key: string;
  text: string;
  sentAtMs: number;
  /** Undefined while it waits for the first sync or our own signature, and goes by itself then. */
  problem?: Problem;
  why: SendRefusal;
}

/** Sends messages through the gate, and keeps those that it held back. */
export interface Sender {
  send(roomId: string, text: string): void;
  retry(roomId: string, key: string): void;
  discard(roomId: string, key: string): void;
  heldBack(roomId: string): readonly HeldBack[];
  /** Whether something written in the room is held back, on its way, or failed. */
  hasUnsent(roomId: string): boolean;
  /** How many there are in all rooms. */
  countUnsent(): number;
  /** Tries again what waited for something that came: the first sync, or the signature of this device. */
  flush(): void;
  /** Sends again, in order, what failed because the server could not be reached: it can be now. */
  resendAfterOutage(): void;
}

export interface SenderOptions {
  client: MatrixClient;
  factsOf(roomId: string): SendFacts;
  now: () => number;
  onChange(roomId: string): void;
}

/** A sender over one client. */
export function createSender({ client, factsOf, now, onChange }: SenderOptions): Sender {
  const held = new Map<string, readonly HeldBack[]>();
  const resending = new Set<Room>();
  const heldIn = (roomId: string) => held.get(roomId) ?? [];

  function setHeld(roomId: string, messages: readonly HeldBack[]): void {
    if (messages.length === 0) held.delete(roomId);
    else held.set(roomId, messages);
    onChange(roomId);
  }

  function attempt(roomId: string, { key, text, sentAtMs }: Omit<HeldBack, 'problem' | 'why'>): void {
    const decision = decideSend(factsOf(roomId));
    const others = heldIn(roomId).filter((message) => message.key !== key);
    if (decision.as === 'refused') {
      const problem = refusals[decision.why];
      setHeld(roomId, [...others, { key, text, sentAtMs, why: decision.why, ...(problem && { problem }) }]);
      return;
    }
    setHeld(roomId, others);
    const content = { msgtype: MsgType.Text as const, body: text };
    // What goes wrong is on the event itself, where the conversation shows it.
    client.sendMessage(roomId, content, key).catch(() => {});
  }

  function resend(roomId: string, event: MatrixEvent): void {
    const room = client.getRoom(roomId);
    if (!room || decideSend(factsOf(roomId)).as === 'refused') return;
    client.resendEvent(event, room).catch(() => {});
  }

  /** One after the other, so that they arrive in the order in which they were written. */
  async function resendLost(room: Room): Promise<void> {
    if (resending.has(room)) return;
    resending.add(room);
    await resendInOrder(room).finally(() => resending.delete(room));
  }

  async function resendInOrder(room: Room): Promise<void> {
    const isLost = ({ status, error }: MatrixEvent) =>
      status === EventStatus.NOT_SENT && sendProblem(error).kind === 'network';
    for (const event of room.getPendingEvents().filter(isLost)) {
      if (decideSend(factsOf(room.roomId)).as === 'refused') return;
      const isSent = await client.resendEvent(event, room).then(
        () => true,
        () => false,
      );
      if (!isSent) return;
    }
  }

  const pendingIn = (roomId: string) => client.getRoom(roomId)?.getPendingEvents() ?? [];

  const countIn = (roomId: string) => heldIn(roomId).length + pendingIn(roomId).length;

  function failed(roomId: string, key: string): MatrixEvent | undefined {
    return pendingIn(roomId).find((event) => event.getTxnId() === key && event.status === EventStatus.NOT_SENT);
  }

  return {
    send: (roomId, text) => attempt(roomId, { key: client.makeTxnId(), text, sentAtMs: now() }),
    retry(roomId, key) {
      const message = heldIn(roomId).find((held) => held.key === key);
      if (message) return attempt(roomId, message);
      const event = failed(roomId, key);
      if (event) resend(roomId, event);
    },
    discard(roomId, key) {
      const event = failed(roomId, key);
      if (event) client.cancelPendingEvent(event);
      else
        setHeld(
          roomId,
          heldIn(roomId).filter((message) => message.key !== key),
        );
    },
    heldBack: heldIn,
    hasUnsent: (roomId) => countIn(roomId) > 0,
    countUnsent: () => client.getRooms().reduce((count, { roomId }) => count + countIn(roomId), 0),
    flush() {
      for (const [roomId, messages] of [...held]) {
        for (const message of messages) if (passing.has(message.why)) attempt(roomId, message);
      }
    },
    resendAfterOutage() {
      for (const room of client.getRooms()) void resendLost(room);
    },
  };
}

/** Reasons that pass by themselves. */
const passing: ReadonlySet<SendRefusal> = new Set([
  'not-synced',
  'crypto-not-ready',
  'own-identity-settling',
  'own-identity-failed',
  'own-device-unsigned',
]);

/** What is wrong, as the conversation shows it; undefined where it only takes a moment. */
const refusals: Readonly<Record<SendRefusal, Problem | undefined>> = {
  'unknown-room': { kind: 'not-found' },
  'not-joined': { kind: 'forbidden' },
  'not-synced': undefined,
  'encryption-removed': { kind: 'not-encrypted' },
  'algorithm-unsupported': { kind: 'not-encrypted' },
  'crypto-not-ready': { kind: 'encryption-not-ready' },
  'own-identity-settling': undefined,
  'own-identity-failed': { kind: 'encryption-not-ready' },
  'own-device-unsigned': { kind: 'session-not-confirmed' },
  'identity-changed': { kind: 'identity-changed' },
  'unverified-people': { kind: 'unverified-people' },
};

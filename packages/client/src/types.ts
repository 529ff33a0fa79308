/**
 * What a person's Matrix session looks like to a screen: immutable snapshots with subscribe, and verbs.
 * Views know only these types; `matrix-js-sdk` never leaks through them.
 */
import type { Observable } from './observable.ts';
import type { Person } from './person.ts';
import type { RoomTrust, RoomTrustVerbs, SealedAction, TrustOfSession } from './trust-types.ts';

export type { Observable, Person };

/**
 * Where the session stands.
 * - `signed-out`: nobody is logged in on this device.
 * - `starting`: the store opens, encryption starts, the first sync runs (`step` says which).
 * - `ready`: rooms can be read and written.
 * - `elsewhere`: another tab owns the store (Web Locks). `takeOver()` moves it here; the other tab then shows this.
 * - `expired`: the server no longer knows this session; the person must log in again. `isEvicted`: because the browser threw
 *   away what is kept on this device; `lost` where that happened while it was in use.
 * - `failed`: could not start; `problem` says why, `retry()` tries again. For `network` (code that could not be loaded, which
 *   browsers remember for a page) reload the page instead.
 */
export type SessionPhase =
  | { kind: 'signed-out' }
  | { kind: 'starting'; step: 'store' | 'encryption' | 'sync' }
  | { kind: 'ready'; me: Me }
  | { kind: 'elsewhere' }
  | { kind: 'expired'; isEvicted?: boolean; lost?: LostHere }
  | { kind: 'failed'; problem: Problem };

/** What was on a device alone when it was deleted there. */
export interface LostHere {
  /** Message keys that weren't in the backup yet; undefined where that isn't known. */
  unsavedKeys: number | undefined;
  unsentMessages: number;
}

export interface Me {
  userId: string;
  deviceId: string;
  displayName: string;
  isAdmin: boolean;
  /** Whether this session is signed by its owner's identity. One that is not gets no keys from others. */
  isSignedByOwner: boolean;
}

/** What went wrong, in terms a catalogue can put into words. `errcode` is the Matrix one where there was one. */
export interface Problem {
  kind:
    | 'network'
    | 'wrong-credentials'
    | 'user-taken'
    | 'bad-username'
    | 'weak-password'
    | 'bad-invite-link'
    | 'registration-closed'
    | 'forbidden'
    | 'not-found'
    | 'too-large'
    | 'rate-limited'
    | 'not-encrypted'
    | 'encryption-not-ready'
    | 'session-not-confirmed'
    | 'storage'
    | 'wrong-key'
    | 'same-as-account'
    | 'recovery-broken'
    | 'closed-backup'
    | 'key-file'
    | 'wrong-code'
    | 'unreadable-code'
    | 'identity-changed'
    | 'unverified-people'
    | 'changed-meanwhile'
    | 'cancelled'
    | 'unknown';
  errcode?: string;
  retryAfterMs?: number;
}

/** Thrown by every verb of the session. */
export class ProblemError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem, cause?: unknown) {
    super(problem.kind, { cause });
    this.problem = problem;
  }
}

export interface RoomSummary {
  roomId: string;
  name: string;
  kind: 'direct' | 'room';
  membership: 'join' | 'invite' | 'knock';
  isEncrypted: boolean;
  /** The other person of a direct message, or who invited. */
  otherUserId?: string;
  inviter?: Person;
  unreadCount: number;
  mentionCount: number;
  /** One line of the newest message, already decrypted; undefined while there is none. */
  preview?: { senderName: string; isMine: boolean; text: string; kind: 'text' | 'undecryptable' | 'other' };
  lastActivityMs: number;
  /** The shield of an encrypted room; undefined until it is known (features C5). */
  shield?: RoomTrust['shield'];
  /**
   * It goes on in another room that this person is in or invited to, and nothing in it is unread: a list shows that one
   * alone, whose beginning leads back here (`crypto/succession.ts`).
   */
  isContinued?: true;
}

export interface Member extends Person {
  membership: 'join' | 'invite';
  powerLevel: number;
}

export interface RoomDetails extends RoomSummary {
  topic?: string;
  members: readonly Member[];
  /** Everyone who holds the keys of what is sent now: joined, and invited where history visibility lets them read. */
  readers: readonly Person[];
  canInvite: boolean;
  canSend: boolean;
  typing: readonly Person[];
  /**
   * The room that this one was continued in (features A4, A9). `isProven`: that room names this one as the one before it;
   * without it anybody who may change this room can lead people anywhere. Nobody follows by themselves.
   */
  successor?: { roomId: string; membership: 'join' | 'invite' | 'none'; isProven: boolean; isEncrypted?: boolean };
  /** The room that this one goes on from, when this person is or was in it. */
  predecessor?: { roomId: string };
  /** Shield, changed identities and what blocks sending; undefined until it is known. */
  trust?: RoomTrust;
}

/**
 * Why a message can't be read (features B12).
 * - `locked`: its key lies in the backup, which this session hasn't opened.
 * - `not-in-backup`: the backup is open and hasn't got it. `no-backup`: from before this login, and there is no backup.
 * - `withheld-unverified`: the sender's device gives keys to verified sessions only, and this one isn't.
 *   `withheld-unverified-person`: this one is, but the sender hasn't verified its owner.
 * - `identity-changed`: the sender was verified and their identity was reset.
 * - `replayed`: the same ciphertext came before as another message.
 */
export type SealedReason =
  | 'waiting-for-key'
  | 'locked'
  | 'not-in-backup'
  | 'no-backup'
  | 'sent-before-joined'
  | 'withheld'
  | 'withheld-unverified'
  | 'withheld-unverified-person'
  | 'unsigned-device'
  | 'identity-changed'
  | 'replayed'
  | 'broken';

export type DeliveryState = 'sending' | 'sent' | 'failed';

/** One row of a conversation. `key` is stable over local echo → sent. */
export type TimelineItem =
  | {
      kind: 'message';
      key: string;
      eventId?: string;
      sender: Person;
      isMine: boolean;
      sentAtMs: number;
      text: string;
      /** `m.emote`, `m.notice` or `m.text`. */
      style: 'text' | 'emote' | 'notice';
      isEdited: boolean;
      delivery: DeliveryState;
      problem?: Problem;
      /** Set on exceptions only: the reason why this message is doubtful (A7, C6). */
      doubt?: 'not-encrypted' | 'unsigned-device' | 'unknown-device' | 'authenticity' | 'sender-mismatch';
      /** Who passed on the key of what was said before one was there (features A8). */
      sharedBy?: Person;
    }
  | {
      kind: 'undecryptable';
      key: string;
      eventId?: string;
      sender: Person;
      isMine: boolean;
      sentAtMs: number;
      reason: SealedReason;
      action: SealedAction;
    }
  | {
      kind: 'notice';
      key: string;
      sentAtMs: number;
      /** What happened in the room, for the catalogue to say. */
      what: /** `follows`: it says that it goes on from another room. */
        | { kind: 'created'; by: Person; follows?: { roomId: string } }
        | { kind: 'replaced'; by: Person; roomId: string }
        | { kind: 'encrypted'; by: Person }
        | { kind: 'joined'; who: Person }
        | { kind: 'invited'; who: Person; by: Person }
        | { kind: 'left'; who: Person }
        | { kind: 'declined'; who: Person }
        | { kind: 'removed'; who: Person; by: Person }
        | { kind: 'banned'; who: Person; by: Person }
        | { kind: 'named'; by: Person; name: string }
        | { kind: 'renamed-self'; who: Person; from: string };
    };

export interface Timeline {
  items: readonly TimelineItem[];
  /** Whether earlier messages can be loaded, and whether they are being. */
  earlier: 'none' | 'more' | 'loading' | { problem: Problem };
  /** `key` of the first unread item, fixed when the conversation was opened. */
  firstUnreadKey?: string;
}

export interface RoomHandle extends RoomTrustVerbs {
  readonly roomId: string;
  readonly details: Observable<RoomDetails | undefined>;
  readonly timeline: Observable<Timeline>;
  loadEarlier(): Promise<void>;
  /** Shows the message at once as `sending`; never sent in clear into an encrypted, unknown or unsynced room. */
  send(text: string): void;
  retry(key: string): void;
  discard(key: string): void;
  setTyping(isTyping: boolean): void;
  /** The newest item has been seen. */
  markRead(): void;
  invite(userId: string): Promise<void>;
  /** A link that lets one person without an account register, and gets them invited here. */
  createInviteLink(): Promise<string>;
  accept(): Promise<void>;
  decline(): Promise<void>;
  leave(): Promise<void>;
  close(): void;
}

export interface InvitePreview {
  /** Who made the link; undefined for the first-run link. */
  inviter?: Person;
  roomName?: string;
  makesAdmin: boolean;
}

export interface SottoSession extends TrustOfSession {
  readonly phase: Observable<SessionPhase>;
  readonly connection: Observable<'online' | 'reconnecting'>;
  /** Joined and invited rooms: invites first, then newest activity first. */
  readonly rooms: Observable<readonly RoomSummary[]>;

  /** Starts to load the heavy parts (SDK, crypto) while the person types. Safe to call many times. */
  preload(): void;
  /** Restores the session of this device, if there is one. */
  restore(): Promise<void>;
  /** What an invite link promises. Throws `bad-invite-link` when it is used up or unknown. */
  previewInvite(token: string): Promise<InvitePreview>;
  register(options: { username: string; password: string; token?: string }): Promise<void>;
  logIn(options: { username: string; password: string }): Promise<void>;
  /** For someone who is already logged in: gets them invited to the room of the link. Returns its id, if there is one. */
  acceptInviteLink(token: string): Promise<string | undefined>;
  logOut(): Promise<void>;
  takeOver(): Promise<void>;
  retry(): Promise<void>;

  /**
   * Opens a room. Throws `ProblemError` (`forbidden`) before the session is `ready` or once it has moved elsewhere; a
   * handle of an engine that ended (take-over, retry) tells nothing new any more: open the room anew on each `ready`.
   */
  room(roomId: string): RoomHandle;
  createRoom(options: { name: string; isEncrypted: boolean; invite?: readonly string[] }): Promise<string>;
  /**
   * Opens the direct message with this person, or makes one: encrypted, unless the person has said otherwise where the
   * organisation forbids it (`policy`); the server's word alone never makes one in clear.
   */
  openDirect(userId: string, options?: { isEncrypted: boolean }): Promise<string>;
  searchPeople(term: string): Promise<readonly Person[]>;
  setDisplayName(name: string): Promise<void>;
  stop(): Promise<void>;
}

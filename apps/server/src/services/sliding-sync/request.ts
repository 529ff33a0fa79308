import { MatrixError } from '@sotto/protocol';
import type { Requester } from '../accounts/requester.ts';
import type { PresenceState } from '../presence/index.ts';
import type { RoomConfig } from './state-selection.ts';

/** What a list keeps of the rooms; absent conditions let everything through. */
export interface RoomFilters {
  isDm?: boolean | undefined;
  spaces?: readonly string[] | undefined;
  isEncrypted?: boolean | undefined;
  isInvited?: boolean | undefined;
  /** `null` stands for rooms without a type. */
  roomTypes?: readonly (string | null)[] | undefined;
  notRoomTypes?: readonly (string | null)[] | undefined;
  roomNameLike?: string | undefined;
  tags?: readonly string[] | undefined;
  notTags?: readonly string[] | undefined;
}

/** A window on the person's rooms, the liveliest first. */
export interface RoomListRequest {
  /** Windows, both ends included; all rooms, when undefined. */
  ranges: readonly (readonly [number, number])[] | undefined;
  filters: RoomFilters;
  config: RoomConfig;
}

/** Which rooms an extension is about: of all lists and subscriptions, unless it names them. */
export interface ExtensionScope {
  lists: readonly string[] | undefined;
  rooms: readonly string[] | undefined;
}

export interface ExtensionRequests {
  toDevice?: { since: number | undefined; limit: number };
  e2ee?: object;
  accountData?: ExtensionScope;
  receipts?: ExtensionScope;
  typing?: ExtensionScope;
  /** `name`: what the client calls the extension. */
  threadSubscriptions?: { limit: number; name: string };
}

export interface SlidingSyncRequest {
  requester: Requester;
  connectionId: string;
  /** The token of the last answer that was read; undefined begins anew. */
  pos: string | undefined;
  timeoutMs: number;
  setPresence?: PresenceState | undefined;
  lists: ReadonlyMap<string, RoomListRequest>;
  subscriptions: ReadonlyMap<string, RoomConfig>;
  extensions: ExtensionRequests;
  signal: AbortSignal;
}

/** The token is not one that this connection was given last: the client begins anew (MSC4186). */
export function unknownPosition(): MatrixError {
  return new MatrixError('M_UNKNOWN_POS', 'This position is not known any more. Begin again without one.');
}

import { EventType, isUserId, MatrixError, serverNameOf } from '@sotto/protocol';
import { authoriseMember } from './authorise-member.ts';
import { authorisePowerLevels } from './authorise-power-levels.ts';
import { readPowerLevels } from './power-levels.ts';
import { creatorsOf, type EventToAuthorise, membershipOf, type RoomState } from './room-state.ts';
import { findRoomVersion, type RoomVersion } from './room-versions.ts';
import { type RuleInput, refuse, refuseLevel } from './rule-input.ts';

/** The event, and what the rules compare it with. */
export type AuthoriseOptions = {
  readonly version: RoomVersion;
  readonly event: EventToAuthorise;
  readonly authState: RoomState;
  /** Whether the named server signed the event. Unless given, only the sender's own server did. */
  readonly isSignedBy?: (serverName: string) => boolean;
};

/**
 * The authorisation rules of room versions 10, 11 and 12 (specification, each version's "Authorisation
 * rules"; the numbers in comments are those of version 12). Pure: the caller loaded the state that
 * `selectAuthEvents` names, and the create event in every version. What concerns the event's own `auth_events` is in
 * `check-auth-events.ts`. Whether a restricted join meets a condition is not asked here: the rules believe
 * `join_authorised_via_users_server`, so that only the server itself may put it into a content.
 *
 * @throws MatrixError M_FORBIDDEN with a sentence for the person who tried.
 */
export function authorise(options: AuthoriseOptions): void {
  if (options.event.type === EventType.create) authoriseCreate(options);
  else authoriseInRoom(readInput(options));
}

function readInput({ version, event, authState, isSignedBy }: AuthoriseOptions): RuleInput {
  const create = authState(EventType.create, '');
  if (create === undefined) throw refuse('This room does not exist.');
  return {
    version,
    event,
    authState,
    isSignedBy: isSignedBy ?? ((serverName) => serverName === serverNameOf(event.sender)),
    create,
    creators: creatorsOf(version, create),
    levels: readPowerLevels(version, authState),
  };
}

function authoriseInRoom(input: RuleInput): void {
  const { event, authState } = input;
  checkRoom(input); // 2, 4
  if (event.type === EventType.member) {
    authoriseMember(input); // 5
    return;
  }
  if (membershipOf(authState, event.sender) !== 'join') throw refuse('You are not in this room.'); // 6
  if (event.type === EventType.thirdPartyInvite) {
    requireInviteLevel(input); // 7
    return;
  }
  requireSendLevel(input); // 8
  requireOwnStateKey(input); // 9
  if (event.type === EventType.powerLevels) authorisePowerLevels(input); // 10
}

function authoriseCreate({ version, event }: AuthoriseOptions): void {
  const { content, room_id: roomId } = event;
  if (event.prev_events.length > 0) throw refuse('A room can be created only once.');
  if (version.roomIdIsCreateHash) {
    if (roomId !== undefined) throw refuse('The first event of this room version has no room id.');
  } else if (roomId === undefined || serverNameOf(roomId) !== serverNameOf(event.sender)) {
    throw refuse('The room id must name the server of the one who creates the room.');
  }
  if (content.room_version !== undefined && findRoomVersion(content.room_version) === undefined) {
    throw refuse('This room version is not known here.');
  }
  if (version.creatorInContent && content.creator === undefined) throw refuse('The room names no creator.');
  const additional = content.additional_creators;
  if (version.creatorsAbovePower && additional !== undefined) {
    if (!Array.isArray(additional) || !additional.every(isUserId)) {
      throw refuse('The additional creators must be a list of user ids.');
    }
  }
}

function checkRoom({ version, event, create }: RuleInput): void {
  if (version.roomIdIsCreateHash && event.room_id !== `!${create.event_id.slice(1)}`) {
    throw refuse('The event belongs to another room.');
  }
  if (create.content['m.federate'] === false && serverNameOf(event.sender) !== serverNameOf(create.sender)) {
    throw refuse('This room is open to people of one server only.');
  }
}

function requireInviteLevel({ event, levels }: RuleInput): void {
  const own = levels.of(event.sender);
  if (own < levels.to('invite')) throw refuseLevel('invite people', { needed: levels.to('invite'), own });
}

function requireSendLevel({ event, levels }: RuleInput): void {
  const needed = levels.toSend(event.type, event.state_key !== undefined);
  const own = levels.of(event.sender);
  if (own < needed) throw refuseLevel(`send ${event.type}`, { needed, own });
}

function requireOwnStateKey({ version, event, levels }: RuleInput): void {
  const { sender, state_key: stateKey } = event;
  if (!stateKey?.startsWith('@') || stateKey === sender) return;
  const owner = version.ownedStateKeys ? ownerOf(stateKey) : undefined;
  if (owner === sender) return;
  if (owner !== undefined && levels.of(sender) > levels.of(owner)) return;
  throw refuse('This state belongs to another person.');
}

/** The owner of a state key `@user:server` or `@user:server_suffix` (MSC3757; server names have no underscore). */
function ownerOf(stateKey: string): string {
  const suffix = stateKey.indexOf('_', stateKey.indexOf(':') + 1);
  const owner = suffix < 0 ? stateKey : stateKey.slice(0, suffix);
  if (isUserId(owner)) return owner;
  throw new MatrixError('M_BAD_JSON', 'The state key begins with @ but with no user id.');
}

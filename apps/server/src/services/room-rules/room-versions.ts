/** A room version that this server makes and serves. */
export type RoomVersionId = '10' | '11' | '12' | 'org.matrix.msc3757.10' | 'org.matrix.msc3757.11';

/** What differs between the room versions (specification, "Room Versions"). */
export type RoomVersion = {
  readonly id: RoomVersionId;
  readonly stability: 'stable' | 'unstable';
  /** Which keys survive a redaction, and so which the event id covers. */
  readonly redactionRules: 'v9' | 'v11';
  /** `m.room.create` names its creator in `content.creator` (up to 10) instead of being sent by them. */
  readonly creatorInContent: boolean;
  /** `m.room.redaction` has `redacts` in its content (11 and later) instead of at the top level. */
  readonly redactsInContent: boolean;
  /** The room id is the create event's id with another sigil (12): that event has no `room_id`, and none names it in `auth_events`. */
  readonly roomIdIsCreateHash: boolean;
  /** The sender of the create event and `additional_creators` stand above every power level (12). */
  readonly creatorsAbovePower: boolean;
  /** A state key `@user:server_suffix` belongs to that user (MSC3757). */
  readonly ownedStateKeys: boolean;
};

const v10: RoomVersion = {
  id: '10',
  stability: 'stable',
  redactionRules: 'v9',
  creatorInContent: true,
  redactsInContent: false,
  roomIdIsCreateHash: false,
  creatorsAbovePower: false,
  ownedStateKeys: false,
};
const v11: RoomVersion = {
  ...v10,
  id: '11',
  redactionRules: 'v11',
  creatorInContent: false,
  redactsInContent: true,
};
const v12: RoomVersion = { ...v11, id: '12', roomIdIsCreateHash: true, creatorsAbovePower: true };

/** Every version that this server knows, by id. */
export const roomVersions: Readonly<Record<RoomVersionId, RoomVersion>> = {
  '10': v10,
  '11': v11,
  '12': v12,
  'org.matrix.msc3757.10': { ...v10, id: 'org.matrix.msc3757.10', stability: 'unstable', ownedStateKeys: true },
  'org.matrix.msc3757.11': { ...v11, id: 'org.matrix.msc3757.11', stability: 'unstable', ownedStateKeys: true },
};

/** The version by its id; `undefined` when this server doesn't know it. */
export function findRoomVersion(id: unknown): RoomVersion | undefined {
  return typeof id === 'string' && Object.hasOwn(roomVersions, id) ? roomVersions[id as RoomVersionId] : undefined;
}

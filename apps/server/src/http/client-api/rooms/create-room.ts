import { type JsonObject, MatrixError } from '@sotto/protocol';
import Type from 'typebox';
import type { CreateRoom } from '../../../services/rooms/create-room.ts';
import { endpoint } from '../../endpoint.ts';
import { AnyObject, OptionalText } from '../../schemas.ts';

const Body = Type.Object({
  visibility: Type.Optional(Type.Enum(['public', 'private'])),
  room_alias_name: OptionalText,
  name: OptionalText,
  topic: OptionalText,
  invite: Type.Optional(Type.Array(Type.String())),
  invite_3pid: Type.Optional(Type.Array(AnyObject)),
  room_version: OptionalText,
  creation_content: Type.Optional(AnyObject),
  initial_state: Type.Optional(
    Type.Array(Type.Object({ type: Type.String(), state_key: OptionalText, content: AnyObject })),
  ),
  preset: Type.Optional(Type.Enum(['private_chat', 'public_chat', 'trusted_private_chat'])),
  is_direct: Type.Optional(Type.Boolean()),
  power_level_content_override: Type.Optional(AnyObject),
});

/** POST /createRoom (specification, "Creation"). */
export const createRoom = (create: CreateRoom) =>
  endpoint({
    method: 'POST',
    path: '/v3/createRoom',
    auth: 'user',
    isRefusedWhenSuspended: true,
    body: Body,
    async handle({ requester, body }) {
      if ((body.invite_3pid ?? []).length > 0)
        throw new MatrixError('M_THREEPID_DENIED', 'People can be invited by their user id only.');
      const roomId = await create({
        creator: requester.userId,
        appserviceId: requester.appserviceId,
        version: body.room_version,
        preset: body.preset,
        visibility: body.visibility,
        aliasName: body.room_alias_name,
        name: body.name,
        topic: body.topic,
        invite: body.invite,
        isDirect: body.is_direct,
        creationContent: body.creation_content as JsonObject | undefined,
        initialState: body.initial_state?.map(({ type, state_key: stateKey = '', content }) => ({
          type,
          stateKey,
          content,
        })),
        powerLevelOverride: body.power_level_content_override as JsonObject | undefined,
      });
      return { room_id: roomId };
    },
  });

import type { JsonObject } from '@sotto/protocol';
import Type from 'typebox';
import type { CreateRoom, Preset } from '../../services/rooms/create-room.ts';
import { endpoint } from '../endpoint.ts';
import { AnyObject, OptionalText } from '../schemas.ts';

const Body = Type.Object({
  visibility: Type.Optional(Type.Union([Type.Literal('public'), Type.Literal('private')])),
  room_alias_name: OptionalText,
  name: OptionalText,
  topic: OptionalText,
  invite: Type.Optional(Type.Array(Type.String())),
  room_version: OptionalText,
  creation_content: Type.Optional(AnyObject),
  initial_state: Type.Optional(
    Type.Array(Type.Object({ type: Type.String(), state_key: OptionalText, content: AnyObject })),
  ),
  preset: Type.Optional(
    Type.Union([Type.Literal('private_chat'), Type.Literal('public_chat'), Type.Literal('trusted_private_chat')]),
  ),
  is_direct: Type.Optional(Type.Boolean()),
  power_level_content_override: Type.Optional(AnyObject),
});

/** POST /createRoom (specification, "Creation"). */
export const createRoom = (create: CreateRoom) =>
  endpoint({
    method: 'POST',
    path: '/v3/createRoom',
    auth: 'user',
    body: Body,
    async handle({ requester, body }) {
      const roomId = await create({
        creator: requester.userId,
        version: body.room_version,
        preset: body.preset as Preset | undefined,
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

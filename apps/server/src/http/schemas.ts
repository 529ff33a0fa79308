import Type, { type Static, type TSchema } from 'typebox';

/** Pieces that several endpoints share. */
export const Text = Type.String();
export const OptionalText = Type.Optional(Type.String());
/** Any JSON object. */
export const AnyObject = Type.Record(Type.String(), Type.Any());

/** An object whose values, under whatever names, are of one kind. `Type.Record` lets names with a line break pass. */
export const MapOf = <T extends TSchema>(value: T) =>
  Type.Unsafe<Record<string, Static<T>>>(Type.Object({}, { additionalProperties: value }));

/** The `auth` of user-interactive authentication; where there is no session yet, some clients say `null`. */
export const Auth = Type.Optional(
  Type.Object({
    type: Type.Optional(Type.String()),
    session: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  }),
);

import Type from 'typebox';

/** Pieces that several endpoints share. */
export const Text = Type.String();
export const OptionalText = Type.Optional(Type.String());
/** Any JSON object. */
export const AnyObject = Type.Record(Type.String(), Type.Any());

/** The `auth` of user-interactive authentication. */
export const Auth = Type.Optional(
  Type.Object({ type: Type.Optional(Type.String()), session: Type.Optional(Type.String()) }),
);

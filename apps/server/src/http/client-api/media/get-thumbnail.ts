import Type from 'typebox';
import type { Media } from '../../../services/media/index.ts';
import { type Auth, type Endpoint, endpoint } from '../../endpoint.ts';
import { checkLocal } from './download-media.ts';
import { mediaAnswer, PatienceQuery, patienceOf } from './media-answer.ts';

const Side = Type.Integer({ minimum: 1, maximum: 100_000 });

const Query = Type.Object({
  ...PatienceQuery,
  width: Side,
  height: Side,
  method: Type.Optional(Type.Union([Type.Literal('scale'), Type.Literal('crop')])),
  animated: Type.Optional(Type.Boolean()),
});

/** GET /media/thumbnail/{serverName}/{mediaId} (specification, "Content repository"). */
export const getThumbnail = (media: Media, serverName: string): Endpoint =>
  thumbnails(media, { serverName, auth: 'guest', bases: ['/v1/media'] });

/** The same without a token, as it was before Matrix 1.11, where the operator wants that. */
export const getLegacyThumbnail = (media: Media, serverName: string): Endpoint =>
  thumbnails(media, {
    serverName,
    auth: 'none',
    bases: ['/_matrix/media/v3', '/_matrix/media/r0', '/_matrix/media/v1'],
  });

function thumbnails(
  media: Media,
  { serverName, auth, bases }: { serverName: string; auth: Auth; bases: readonly string[] },
): Endpoint {
  const [path = '', ...aliases] = bases.map((base) => `${base}/thumbnail/:serverName/:mediaId`);
  return endpoint({
    method: 'GET',
    path,
    aliases,
    auth,
    limit: 'read',
    query: Query,
    async handle({ params, query, signal, headers }) {
      const { serverName: asked = '', mediaId = '' } = params as Record<string, string>;
      checkLocal(serverName, asked);
      const { width, height, method = 'scale', animated: isAnimated = false } = query;
      const wish = { width, height, method, isAnimated };
      return mediaAnswer(await media.openThumbnail(mediaId, patienceOf(query, signal), wish), headers);
    },
  });
}

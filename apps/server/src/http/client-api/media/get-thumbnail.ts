import Type from 'typebox';
import type { Media } from '../../../services/media/index.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { checkLocal } from './download-media.ts';
import { authenticated, legacy, type MediaAccess, mediaAnswer, PatienceQuery, patienceOf } from './media-answer.ts';

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
  thumbnails(media, serverName, authenticated);

/** The same without a token. */
export const getLegacyThumbnail = (media: Media, serverName: string): Endpoint => thumbnails(media, serverName, legacy);

function thumbnails(media: Media, serverName: string, { auth, bases }: MediaAccess): Endpoint {
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

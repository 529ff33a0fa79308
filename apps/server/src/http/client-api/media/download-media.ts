import { MatrixError } from '@sotto/protocol';
import Type from 'typebox';
import type { Media } from '../../../services/media/index.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { authenticated, legacy, type MediaAccess, mediaAnswer, PatienceQuery, patienceOf } from './media-answer.ts';

/** GET /media/download/{serverName}/{mediaId}[/{fileName}] (specification, "Content repository"). */
export const downloadMedia = (media: Media, serverName: string): Endpoint[] =>
  downloads(media, serverName, authenticated);

/** The same without a token. */
export const downloadLegacyMedia = (media: Media, serverName: string): Endpoint[] =>
  downloads(media, serverName, legacy);

/** Files of this server only, until it speaks to others. @throws MatrixError M_NOT_FOUND */
export function checkLocal(serverName: string, asked: string): void {
  if (asked !== serverName) throw new MatrixError('M_NOT_FOUND', 'Files of other servers can not be had here yet.');
}

function downloads(media: Media, serverName: string, { auth, bases }: MediaAccess): Endpoint[] {
  const define = (tail: '' | '/:fileName') => {
    const [path = '', ...aliases] = bases.map((base) => `${base}/download/:serverName/:mediaId${tail}`);
    return endpoint({
      method: 'GET',
      path,
      aliases,
      auth,
      limit: 'read',
      query: Type.Object(PatienceQuery),
      async handle({ params, query, signal, headers }) {
        const { serverName: asked = '', mediaId = '', fileName } = params as Record<string, string>;
        checkLocal(serverName, asked);
        const file = await media.open(mediaId, patienceOf(query, signal));
        return mediaAnswer(fileName === undefined ? file : { ...file, fileName }, headers);
      },
    });
  };
  return [define(''), define('/:fileName')];
}

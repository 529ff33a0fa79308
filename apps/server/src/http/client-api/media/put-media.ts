import { MatrixError } from '@sotto/protocol';
import Type from 'typebox';
import type { Media } from '../../../services/media/index.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';
import { readUpload } from './media-upload.ts';

/** PUT /_matrix/media/v3/upload/{serverName}/{mediaId} (specification, "Content repository"). */
export const putMedia = (media: Media, serverName: string) =>
  endpoint({
    method: 'PUT',
    path: '/_matrix/media/v3/upload/:serverName/:mediaId',
    auth: 'user',
    limit: 'media',
    isRefusedWhenSuspended: true,
    query: Type.Object({ filename: OptionalText }),
    rawBody: true,
    async handle(call) {
      const { params } = call;
      if (params.serverName !== serverName) throw new MatrixError('M_NOT_FOUND', 'There is no such place here.');
      await media.fillPlace(params.mediaId, readUpload(call, media.maxUploadBytes));
      return {};
    },
  });

import Type from 'typebox';
import type { Media } from '../../../services/media/index.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';
import { readUpload } from './media-upload.ts';

/** POST /_matrix/media/v3/upload (specification, "Content repository"). */
export const uploadMedia = (media: Media) =>
  endpoint({
    method: 'POST',
    path: '/_matrix/media/v3/upload',
    aliases: ['/_matrix/media/r0/upload', '/_matrix/media/v1/upload'],
    auth: 'user',
    limit: 'media',
    isRefusedWhenSuspended: true,
    query: Type.Object({ filename: OptionalText }),
    rawBody: true,
    async handle(call) {
      return { content_uri: await media.upload(readUpload(call, media.maxUploadBytes)) };
    },
  });

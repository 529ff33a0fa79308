import type { Media } from '../../../services/media/index.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /media/config (specification, "Content repository"). The old path needs a token too, so it is always there. */
export const getMediaConfig = (media: Media) =>
  endpoint({
    method: 'GET',
    path: '/v1/media/config',
    aliases: ['/_matrix/media/v3/config', '/_matrix/media/r0/config', '/_matrix/media/v1/config'],
    auth: 'guest',
    handle: async () => ({ 'm.upload.size': media.maxUploadBytes }),
  });

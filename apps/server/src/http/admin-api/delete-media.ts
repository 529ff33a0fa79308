import type { AdminMedia } from '../../services/admin/media.ts';
import { endpoint } from '../endpoint.ts';

/** DELETE /_sotto/admin/v1/media/{mediaId}: takes a file away for good. */
export const deleteMedia = (media: AdminMedia) =>
  endpoint({
    method: 'DELETE',
    path: '/_sotto/admin/v1/media/:mediaId',
    auth: 'admin',
    async handle({ requester, params }) {
      await media.remove(requester.userId, params.mediaId);
      return {};
    },
  });

import type { Media } from '../../../services/media/index.ts';
import { endpoint } from '../../endpoint.ts';

/** POST /_matrix/media/v1/create (specification, "Content repository"): an address now, the file later. */
export const createMediaPlace = (media: Media) =>
  endpoint({
    method: 'POST',
    path: '/_matrix/media/v1/create',
    auth: 'user',
    limit: 'media',
    isRefusedWhenSuspended: true,
    async handle({ requester }) {
      const { uri, expiresAtMs } = await media.createPlace(requester.userId);
      return { content_uri: uri, unused_expires_at: expiresAtMs };
    },
  });

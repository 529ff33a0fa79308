import Type from 'typebox';
import type { AdminMedia } from '../../services/admin/media.ts';
import { endpoint } from '../endpoint.ts';

/** PUT /_sotto/admin/v1/media/{mediaId}/quarantine: hides these bytes from everybody, under whatever id, or no longer. */
export const quarantineMedia = (media: AdminMedia) =>
  endpoint({
    method: 'PUT',
    path: '/_sotto/admin/v1/media/:mediaId/quarantine',
    auth: 'admin',
    body: Type.Object({ is_quarantined: Type.Boolean() }),
    async handle({ requester, params: { mediaId }, body }) {
      await media.quarantine(requester.userId, mediaId, body.is_quarantined);
      return {};
    },
  });

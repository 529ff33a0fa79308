import type { AdminMedia } from '../../services/admin/media.ts';
import { endpoint } from '../endpoint.ts';
import { NewestFirstQuery } from './page.ts';

/** GET /_sotto/admin/v1/people/{userId}/media: what a person has uploaded, newest first; `before` is a `created_at`. */
export const listMedia = (media: AdminMedia) =>
  endpoint({
    method: 'GET',
    path: '/_sotto/admin/v1/people/:userId/media',
    auth: 'admin',
    query: NewestFirstQuery,
    async handle({ params: { userId }, query: { limit = 100, ...page } }) {
      const files = await media.listOf(userId, { ...page, limit });
      return {
        media: files.map((file) => ({
          media_id: file.mediaId,
          content_type: file.contentType,
          file_name: file.fileName ?? undefined,
          byte_size: file.byteSize,
          created_at: file.createdAtMs,
          is_quarantined: file.isQuarantined === 1,
        })),
      };
    },
  });

import type { Media } from '../media/index.ts';
import type { Audit } from './audit.ts';

/** What an admin does about files. */
export interface AdminMedia {
  listOf: Media['listOf'];
  /** @throws MatrixError M_NOT_FOUND */
  quarantine(actor: string, mediaId: string, isQuarantined: boolean): Promise<void>;
  /** @throws MatrixError M_NOT_FOUND */
  remove(actor: string, mediaId: string): Promise<void>;
}

export function createAdminMedia({ media, audit }: { media: Media; audit: Audit }): AdminMedia {
  return {
    listOf: media.listOf,
    quarantine: (actor, mediaId, isQuarantined) =>
      media.quarantine(mediaId, isQuarantined, (unit) =>
        audit.record(unit, {
          actor,
          action: 'media.quarantine',
          target: mediaId,
          details: { is_quarantined: isQuarantined },
        }),
      ),
    remove: (actor, mediaId) =>
      media.remove(mediaId, (unit) => audit.record(unit, { actor, action: 'media.remove', target: mediaId })),
  };
}

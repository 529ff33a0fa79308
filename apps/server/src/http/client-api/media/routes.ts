import type { Services } from '../../../services/index.ts';
import type { Endpoint } from '../../endpoint.ts';
import { createMediaPlace } from './create-media.ts';
import { downloadLegacyMedia, downloadMedia } from './download-media.ts';
import { getMediaConfig } from './get-media-config.ts';
import { getLegacyThumbnail, getThumbnail } from './get-thumbnail.ts';
import { previewUrl } from './preview-url.ts';
import { putMedia } from './put-media.ts';
import { uploadMedia } from './upload-media.ts';

export interface MediaSettings {
  serverName: string;
  /** Whether files can be had without a token. */
  legacyMediaEndpoints: boolean;
}

/** Files: uploading, downloading, thumbnails, previews of links where the operator wants them. */
export function mediaRoutes(services: Services, { serverName, legacyMediaEndpoints }: MediaSettings): Endpoint[] {
  const { media, urlPreviews } = services;
  const legacy = [...downloadLegacyMedia(media, serverName), getLegacyThumbnail(media, serverName)];
  return [
    uploadMedia(media),
    createMediaPlace(media),
    putMedia(media, serverName),
    ...downloadMedia(media, serverName),
    getThumbnail(media, serverName),
    getMediaConfig(media),
    ...(urlPreviews === undefined ? [] : [previewUrl(urlPreviews, legacyMediaEndpoints)]),
    ...(legacyMediaEndpoints ? legacy : []),
  ];
}

import Type from 'typebox';
import type { UrlPreviews } from '../../../services/url-previews/index.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';

/** `ts` asks for a preview of long ago: the server may always answer with a newer one. */
const Query = Type.Object({ url: Type.String({ minLength: 1 }), ts: Type.Optional(Type.Integer()) });

/** GET /media/preview_url (specification, "Content repository"), under its old names too where the operator wants that. */
export const previewUrl = (previews: UrlPreviews, isLegacyServed: boolean): Endpoint =>
  endpoint({
    method: 'GET',
    path: '/v1/media/preview_url',
    aliases: isLegacyServed ? ['v3', 'r0', 'v1'].map((version) => `/_matrix/media/${version}/preview_url`) : [],
    auth: 'user',
    limit: 'preview',
    query: Query,
    handle: ({ query, requester }) => previews.get(query.url, requester.userId),
  });

import type { Keys } from '../../../services/keys/index.ts';
import { endpoint } from '../../endpoint.ts';
import { AnyObject, MapOf } from '../../schemas.ts';

/** POST /keys/signatures/upload (specification, "Cross-signing"). */
export const uploadSignatures = (keys: Keys) =>
  endpoint({
    method: 'POST',
    path: '/v3/keys/signatures/upload',
    aliases: ['/unstable/keys/signatures/upload'],
    auth: 'user',
    body: MapOf(MapOf(AnyObject)),
    async handle({ requester, body }) {
      return { failures: await keys.uploadSignatures(requester.userId, body) };
    },
  });

import Type from 'typebox';
import type { PingAppservice } from '../../../services/appservices/index.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

/** POST /appservice/{appserviceId}/ping (application service API, "Pinging"). */
export const pingAppservice = (ping: PingAppservice) =>
  endpoint({
    method: 'POST',
    path: '/v1/appservice/:appserviceId/ping',
    aliases: ['/unstable/fi.mau.msc2659/appservice/:appserviceId/ping'],
    auth: 'appservice',
    body: Type.Object({ transaction_id: OptionalText }),
    async handle({ requester, params: { appserviceId }, body }) {
      return { duration_ms: await ping(requester.appserviceId, appserviceId, body.transaction_id) };
    },
  });

import type { ThirdPartyLookups } from '../../../services/appservices/index.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /thirdparty/protocols (specification, "Third-party Networks"). */
export const getProtocols = ({ protocols }: ThirdPartyLookups) =>
  endpoint({
    method: 'GET',
    path: '/v3/thirdparty/protocols',
    auth: 'user',
    handle: () => protocols(),
  });

/** GET /thirdparty/protocol/{protocol} (specification, "Third-party Networks"). */
export const getProtocol = ({ protocol }: ThirdPartyLookups) =>
  endpoint({
    method: 'GET',
    path: '/v3/thirdparty/protocol/:protocol',
    auth: 'user',
    handle: ({ params }) => protocol(params.protocol),
  });

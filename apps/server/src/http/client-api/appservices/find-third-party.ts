import { MatrixError } from '@sotto/protocol';
import type { ThirdPartyLookups } from '../../../services/appservices/index.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /thirdparty/location/{protocol}, /thirdparty/user/{protocol} (specification, "Third-party Networks"). */
export const findOnNetwork = ({ byProtocol }: ThirdPartyLookups, kind: 'location' | 'user') =>
  endpoint({
    method: 'GET',
    path: `/v3/thirdparty/${kind}/:protocol`,
    auth: 'user',
    handle({ params, query }) {
      // What names the one who asks is not for the network.
      const { access_token: _token, user_id: _userId, device_id: _deviceId, ...fields } = query;
      const texts = Object.entries(fields).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
      return byProtocol(kind, params.protocol, Object.fromEntries(texts));
    },
  });

/** GET /thirdparty/location?alias=, /thirdparty/user?userid= (specification, "Third-party Networks"). */
export const findByMatrixId = ({ byMatrixId }: ThirdPartyLookups, kind: 'location' | 'user') =>
  endpoint({
    method: 'GET',
    path: `/v3/thirdparty/${kind}`,
    auth: 'user',
    handle({ query }) {
      const name = kind === 'user' ? 'userid' : 'alias';
      const id = query[name];
      if (typeof id !== 'string') throw new MatrixError('M_MISSING_PARAM', `${name} is needed.`);
      return byMatrixId(kind, id);
    },
  });

import { MatrixError } from '@sotto/protocol';
import Type from 'typebox';
import { type Endpoint, endpoint } from '../../endpoint.ts';

const Credentials = Type.Object({
  client_secret: Type.String(),
  id_server: Type.String(),
  id_access_token: Type.String(),
  sid: Type.String(),
});

const refuse = async () => {
  throw new MatrixError('M_SERVER_NOT_TRUSTED', 'No identity server is trusted here.');
};

/** POST /account/3pid/bind, and POST /account/3pid, its old name: both work through identity servers, which come later. */
export const bindThreepid = (): Endpoint[] => [
  endpoint({ method: 'POST', path: '/v3/account/3pid/bind', auth: 'user', body: Credentials, handle: refuse }),
  endpoint({
    method: 'POST',
    path: '/v3/account/3pid',
    auth: 'user',
    body: Type.Object({ three_pid_creds: Credentials }),
    handle: refuse,
  }),
];

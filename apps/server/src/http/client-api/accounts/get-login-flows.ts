import { endpoint } from '../../endpoint.ts';

/** GET /login (specification, "Login"). */
export const getLoginFlows = () =>
  endpoint({
    method: 'GET',
    path: '/v3/login',
    auth: 'none',
    limit: 'read',
    handle: async () => ({
      flows: [
        { type: 'm.login.password' },
        { type: 'm.login.token', get_login_token: true },
        { type: 'm.login.application_service' },
      ],
    }),
  });

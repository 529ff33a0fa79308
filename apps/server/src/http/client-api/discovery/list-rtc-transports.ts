import { endpoint } from '../../endpoint.ts';

/** GET /rtc/transports (MSC4143): no focus for group calls is offered; clients ask at every start. */
export const listRtcTransports = () =>
  endpoint({
    method: 'GET',
    path: '/unstable/org.matrix.msc4143/rtc/transports',
    aliases: ['/v1/rtc/transports'],
    auth: 'user',
    handle: async () => ({ rtc_transports: [] }),
  });

import type { Services } from '../../../services/index.ts';
import type { Endpoint } from '../../endpoint.ts';
import { findByMatrixId, findOnNetwork } from './find-third-party.ts';
import { getProtocol, getProtocols } from './get-protocols.ts';
import { pingAppservice } from './ping-appservice.ts';

/** What application services ask for themselves, and what people ask them through this server. */
export function appserviceRoutes({ appservices: { ping, thirdParty } }: Services): Endpoint[] {
  return [
    pingAppservice(ping),
    getProtocols(thirdParty),
    getProtocol(thirdParty),
    findOnNetwork(thirdParty, 'location'),
    findOnNetwork(thirdParty, 'user'),
    findByMatrixId(thirdParty, 'location'),
    findByMatrixId(thirdParty, 'user'),
  ];
}

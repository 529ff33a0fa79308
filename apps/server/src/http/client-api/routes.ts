import type { Services } from '../../services/index.ts';
import type { Endpoint } from '../endpoint.ts';
import { accountRoutes } from './account-routes.ts';
import { appserviceRoutes } from './appservice-routes.ts';
import { delayedEventRoutes } from './delayed-event-routes.ts';
import { directoryRoutes } from './directory-routes.ts';
import { type DiscoverySettings, discoveryRoutes } from './discovery-routes.ts';
import { deviceRoutes, keyBackupRoutes, keysRoutes } from './keys-routes.ts';
import type { PublicRoomsSettings } from './list-public-rooms.ts';
import { type MediaSettings, mediaRoutes } from './media-routes.ts';
import { personRoutes } from './person-routes.ts';
import { pushRoutes } from './push-routes.ts';
import { putReceipt } from './put-receipt.ts';
import { roomRoutes } from './room-routes.ts';
import { setReadMarkers } from './set-read-markers.ts';
import { setTyping } from './set-typing.ts';
import { threepidRoutes } from './threepid-routes.ts';
import { timelineRoutes } from './timeline-routes.ts';

/** Settings that endpoints say or follow. */
export interface ClientApiSettings extends PublicRoomsSettings, DiscoverySettings, MediaSettings {
  registrationMode: 'open' | 'invite' | 'closed';
  guestsEnabled: boolean;
}

/** Every endpoint of the client-server API, by noun. */
export function clientApiRoutes(services: Services, settings: ClientApiSettings): Endpoint[] {
  return [
    ...discoveryRoutes(services, settings),
    ...accountRoutes(services, { ...settings, mode: settings.registrationMode }),
    ...threepidRoutes(services),
    ...personRoutes(services),
    ...roomRoutes(services),
    ...directoryRoutes(services, settings),
    ...timelineRoutes(services),
    ...delayedEventRoutes(services),
    ...ephemeralRoutes(services),
    ...pushRoutes(services),
    ...mediaRoutes(services, settings),
    ...keysRoutes(services),
    ...deviceRoutes(services),
    ...keyBackupRoutes(services),
    ...appserviceRoutes(services),
  ];
}

function ephemeralRoutes({ typing, receipts }: Services): Endpoint[] {
  return [setTyping(typing), putReceipt(receipts), setReadMarkers(receipts)];
}

import type { Services } from '../../services/index.ts';
import type { Endpoint } from '../endpoint.ts';
import { accountRoutes } from './accounts/routes.ts';
import { threepidRoutes } from './accounts/threepid-routes.ts';
import { appserviceRoutes } from './appservices/routes.ts';
import { delayedEventRoutes } from './delayed-events/routes.ts';
import { deviceRoutes } from './devices/routes.ts';
import type { PublicRoomsSettings } from './directory/list-public-rooms.ts';
import { directoryRoutes } from './directory/routes.ts';
import { type DiscoverySettings, discoveryRoutes } from './discovery/routes.ts';
import { eventStreamRoutes } from './event-stream/routes.ts';
import { keyBackupRoutes } from './key-backup/routes.ts';
import { keysRoutes } from './keys/routes.ts';
import { type MediaSettings, mediaRoutes } from './media/routes.ts';
import { personRoutes } from './people/routes.ts';
import { pushRoutes } from './push/routes.ts';
import { roomRoutes } from './rooms/routes.ts';
import { searchRoutes } from './search/routes.ts';
import { syncRoutes } from './sync/routes.ts';
import { threadSubscriptionRoutes } from './thread-subscriptions/routes.ts';
import { timelineRoutes } from './timeline/routes.ts';

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
    ...syncRoutes(services),
    ...eventStreamRoutes(services),
    ...timelineRoutes(services),
    ...searchRoutes(services),
    ...threadSubscriptionRoutes(services),
    ...delayedEventRoutes(services),
    ...pushRoutes(services),
    ...mediaRoutes(services, settings),
    ...keysRoutes(services),
    ...deviceRoutes(services),
    ...keyBackupRoutes(services),
    ...appserviceRoutes(services),
  ];
}

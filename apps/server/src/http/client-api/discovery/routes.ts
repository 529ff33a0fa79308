import type { Services } from '../../../services/index.ts';
import type { Endpoint } from '../../endpoint.ts';
import { type CapabilitySettings, getCapabilities } from './get-capabilities.ts';
import { getRetention } from './get-retention.ts';
import { getTurnServer } from './get-turn-server.ts';
import { getVersions } from './get-versions.ts';
import { getWellKnownClient } from './get-well-known-client.ts';
import { type Contact, getWellKnownSupport } from './get-well-known-support.ts';
import { listRtcTransports } from './list-rtc-transports.ts';

export interface DiscoverySettings extends CapabilitySettings {
  /** Where people reach this server. */
  publicUrl: () => string;
  contact: Contact;
  /** How long messages are kept where a room does not say, in milliseconds; for ever, when it is left out. */
  defaultLifetimeMs?: number | undefined;
}

/** What a client asks before anything else: where, which versions, what it may, how calls are relayed. */
export function discoveryRoutes({ calls }: Services, settings: DiscoverySettings): Endpoint[] {
  return [
    getWellKnownClient(settings.publicUrl),
    getWellKnownSupport(settings.contact),
    getVersions(),
    getCapabilities(settings),
    getRetention(settings.defaultLifetimeMs),
    getTurnServer(calls),
    listRtcTransports(),
  ];
}

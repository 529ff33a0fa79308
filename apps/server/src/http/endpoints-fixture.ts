import type { Services } from '../services/index.ts';
import type { EncryptionPolicy } from '../services/policy/index.ts';
import { adminApiRoutes } from './admin-api/routes.ts';
import { type ClientApiSettings, clientApiRoutes } from './client-api/routes.ts';
import type { Endpoint } from './endpoint.ts';
import { sottoApiRoutes } from './sotto-api/routes.ts';

/** Whatever is asked of it is it again: endpoints only keep their services, and here none is called. */
const anything: unknown = new Proxy(() => undefined, {
  get: (_target, key) => (key === Symbol.iterator ? undefined : anything),
});

/** Every endpoint as it is declared: for tests that go through all of them on a real server. */
export function allEndpoints(): Endpoint[] {
  const services = anything as Services;
  const settings = anything as ClientApiSettings;
  return [
    ...clientApiRoutes(services, settings),
    ...sottoApiRoutes(services, anything as EncryptionPolicy, []),
    ...adminApiRoutes(services, 'x'),
  ];
}

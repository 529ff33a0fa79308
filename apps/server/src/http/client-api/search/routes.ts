import type { Services } from '../../../services/index.ts';
import type { Endpoint } from '../../endpoint.ts';
import { searchEndpoint } from './search.ts';

/** Finding events by their words. */
export function searchRoutes({ search }: Services): Endpoint[] {
  return [searchEndpoint(search)];
}

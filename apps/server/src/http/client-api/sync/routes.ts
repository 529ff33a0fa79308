import type { Services } from '../../../services/index.ts';
import type { Endpoint } from '../../endpoint.ts';
import { createFilter } from './create-filter.ts';
import { getFilter } from './get-filter.ts';
import { slidingSyncEndpoints } from './sliding-sync.ts';
import { syncEndpoint } from './sync.ts';

/** What is new since a token: long polls, sliding windows, and the filters they follow. */
export function syncRoutes({ sync, slidingSync, accountData, newest }: Services): Endpoint[] {
  return [
    syncEndpoint(sync, accountData, newest),
    ...slidingSyncEndpoints(slidingSync, newest),
    createFilter(accountData),
    getFilter(accountData),
  ];
}

import type { Services } from '../../../services/index.ts';
import type { Endpoint } from '../../endpoint.ts';
import { followEvents } from './follow-events.ts';
import { getOneEvent } from './get-one-event.ts';
import { initialSync } from './initial-sync.ts';
import { roomInitialSync } from './room-initial-sync.ts';

/** The event stream from before sync, still used for peeking. */
export function eventStreamRoutes({ snapshots, followEvents: follow, timeline, newest }: Services): Endpoint[] {
  return [initialSync(snapshots), roomInitialSync(snapshots), followEvents(follow, newest), getOneEvent(timeline)];
}

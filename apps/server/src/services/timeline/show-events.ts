import type { EventRow } from '../../store/events.ts';
import type { RawJson } from '../raw-json.ts';
import type { BundleRelations } from './bundle-relations.ts';
import { type EventView, eventText } from './client-event.ts';
import { type ErasedPeople, hidesWords } from './erased-people.ts';
import type { OwnHistory } from './visibility.ts';

/** Who reads, from which device. */
export interface Viewer {
  userId: string;
  deviceId: string;
}

/** Shows events outside of sync, with room ids. */
export interface ShowEvents {
  /** Events of one room's timeline, with all that goes with them: relations, and where the reader stood. */
  timeline(rows: readonly EventRow[], viewer: Viewer, history: OwnHistory): Promise<RawJson[]>;
  /** State that comes along. */
  state(rows: readonly EventRow[]): RawJson[];
}

export function createShowEvents(parts: {
  now: () => number;
  bundle: BundleRelations;
  erased: ErasedPeople;
}): ShowEvents {
  const { now, bundle, erased } = parts;
  return {
    async timeline(rows, viewer, { ranges, membershipAt }) {
      const hides = hidesWords(erased, membershipAt);
      const relations = await bundle(rows, { viewer, ranges, hides });
      const view: EventView = { withRoomId: true, viewer, nowMs: now(), membershipAt, hides, relations };
      return rows.map((row) => eventText(row, view));
    },
    state: (rows) => rows.map((row) => eventText(row, { withRoomId: true, nowMs: now() })),
  };
}

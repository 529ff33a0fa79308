import { keepNewest } from './newest.ts';
import { flowOf, type Step } from './step.ts';

/**
 * Which way to compare each side began in a verification. The machine ends both where they differ, and tells either side no more
 * than that somebody stopped (`VerificationCache::insert` in matrix-sdk-crypto); what both did is known here.
 */
export interface BegunWays {
  /** We began this way. */
  noteOurs(id: string, method: string): void;
  /** A step of a verification came in; only theirs that begin one count. */
  note(step: Step): void;
  /** Whether both sides began, in two ways. */
  differ(id: string): boolean;
}

/** Nothing is begun at first. `own` is the person here. */
export function createBegunWays(own: string): BegunWays {
  const ours = new Map<string, string>();
  const theirs = new Map<string, string>();
  return {
    noteOurs: (id, method) => ours.set(id, method),
    note(step) {
      const { event_id: eventId, type, sender, content } = step;
      // One's own come back in a conversation; from session to session they come from another session of one's own.
      if (type !== 'm.key.verification.start' || (eventId !== undefined && sender === own)) return;
      const id = flowOf(step);
      if (id === undefined || content?.method === undefined) return;
      theirs.set(id, content.method);
      keepNewest(theirs);
    },
    differ(id) {
      const [our, their] = [ours.get(id), theirs.get(id)];
      return our !== undefined && their !== undefined && our !== their;
    },
  };
}

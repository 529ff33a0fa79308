import type { JsonObject, JsonValue } from '@sotto/protocol';

/** What an event relates to. */
export interface Relation {
  relType: string;
  eventId: string;
}

/** `m.relates_to` with a type and an event id that are text; anything else is the client's own affair. */
export function relationOf(content: JsonObject): Relation | undefined {
  const relation = content['m.relates_to'] as JsonValue | undefined;
  if (typeof relation !== 'object' || relation === null || Array.isArray(relation)) return undefined;
  const { rel_type: relType, event_id: eventId } = relation;
  return typeof relType === 'string' && typeof eventId === 'string' ? { relType, eventId } : undefined;
}

import { type JsonObject, MatrixError, RelationType } from '@sotto/protocol';
import type { Unit } from '../../log/writer.ts';
import { getEvent } from '../../store/events.ts';
import { listAnnotations } from '../../store/relations.ts';
import type { EventDraft } from './event-draft.ts';
import type { EventGuard } from './event-guards.ts';
import { type Relation, relationOf } from './relation-of.ts';

/**
 * What relations may not be (specification, "Avoiding duplicate annotations", "Validation of m.thread relationships"):
 * the same annotation twice by one person, a thread that begins at an event which itself relates to another.
 */
export const guardRelations: EventGuard = (unit, draft) => {
  const relation = relationOf(draft.content);
  return relation === undefined ? undefined : checkRelation(unit, draft, relation);
};

async function checkRelation(
  unit: Unit,
  { roomId, sender, type, content }: EventDraft,
  relation: Relation,
): Promise<void> {
  if (relation.relType === RelationType.annotation) {
    const own = await listAnnotations(unit, { eventId: relation.eventId, sender, type });
    const key = keyOf(content);
    if (own.some((json) => keyOf((JSON.parse(json) as { content: JsonObject }).content) === key))
      throw new MatrixError('M_DUPLICATE_ANNOTATION', 'You have already reacted in this way.');
  }
  if (relation.relType === RelationType.thread) {
    const root = await getEvent(unit, relation.eventId);
    if (root?.roomId === roomId && root?.relType != null)
      throw new MatrixError('M_UNKNOWN', 'A thread can not begin at an event that is part of something else.', {
        status: 400,
      });
  }
}

const keyOf = (content: JsonObject) => (content['m.relates_to'] as JsonObject).key;

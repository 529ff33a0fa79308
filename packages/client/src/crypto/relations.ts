import { isSameData } from '../observable.ts';

/**
 * Which edits count. The relation of an encrypted event lies in clear beside the ciphertext, where the server can
 * change it, and an edit is just another event, which the server can make up in clear (security.md A6; client-server
 * API, "Validity of replacement events").
 */

/** What an edit, and what it edits, must show. */
export interface Relatable {
  eventId?: string;
  type: string;
  sender: string;
  isState: boolean;
  /** Whether it came encrypted and was decrypted. */
  isEncrypted: boolean;
  isRedacted: boolean;
  /** The content as its sender wrote it: the decrypted one where it was encrypted. */
  content: Record<string, unknown>;
  /** `m.relates_to` as the server shows it, outside of the ciphertext. */
  outerRelation: unknown;
}

export interface Edit {
  targetId: string;
  newContent: Record<string, unknown>;
}

/**
 * What this event claims to edit; undefined when it is no edit. One whose outer relation differs from the encrypted
 * copy is no edit: it is shown as the message it is.
 */
export function editOf(event: Relatable): Edit | undefined {
  const relation = relationOf(event);
  const newContent = event.content['m.new_content'];
  if (relation?.rel_type !== 'm.replace' || typeof relation.event_id !== 'string') return undefined;
  if (event.isState || event.isRedacted || !isRecord(newContent)) return undefined;
  return { targetId: relation.event_id, newContent };
}

/** The relation that can be believed: the outer one, where no encrypted copy says otherwise. */
export function relationOf(event: Relatable): Record<string, unknown> | undefined {
  const outer = event.outerRelation;
  if (!isRecord(outer)) return undefined;
  const inner = event.content['m.relates_to'];
  if (event.isEncrypted && inner !== undefined && !isSameData(inner, outer)) return undefined;
  return outer;
}

/** Whether `edit` may change `target`: by the same sender, of the same type, and as encrypted as what it changes. */
export function mayEdit(edit: Relatable, target: Relatable): boolean {
  if (target.isState || target.isRedacted || editOf(target) !== undefined) return false;
  if (edit.sender !== target.sender || edit.type !== target.type) return false;
  return edit.isEncrypted || !target.isEncrypted;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import type { JsonObject } from '@sotto/protocol';

/**
 * Whether an event may stand in clear in a room where nothing else may: ciphertext, reactions and redactions, which Matrix
 * knows in clear alone, and the steps of a verification, which most clients send so. Pure.
 */
export function mayGoClear(type: string, content: JsonObject): boolean {
  if (clearTypes.has(type) || type.startsWith('m.key.verification.')) return true;
  return type === 'm.room.message' && content.msgtype === 'm.key.verification.request';
}

const clearTypes: ReadonlySet<string> = new Set(['m.room.encrypted', 'm.reaction', 'm.room.redaction']);

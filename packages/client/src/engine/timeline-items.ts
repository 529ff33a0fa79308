import { judgeMessage } from '../crypto/message-trust.ts';
import { type Edit, editOf, mayEdit } from '../crypto/relations.ts';
import { type SealedFacts, sealedAction, sealedReason } from '../crypto/sealed.ts';
import { isSameData } from '../observable.ts';
import type { Person, SealedReason, TimelineItem } from '../types.ts';
import { noticeOf } from './notices.ts';
import type { SeenEvent } from './seen-event.ts';

/** What the rows of a conversation need to know beside its events. */
export interface ItemContext {
  ownUserId: string;
  isRoomEncrypted: boolean;
  sealedFacts(sender: string): SealedFacts;
  person(userId: string): Person;
}

type MessageItem = Extract<TimelineItem, { kind: 'message' }>;

/**
 * The rows of a conversation: edits folded in, redacted messages left out, trust judged. Rows that say the same as in
 * `earlier` are the very same objects, so that a list draws again only what changed. Pure.
 */
export function buildItems(
  events: readonly SeenEvent[],
  context: ItemContext,
  earlier: readonly TimelineItem[] = [],
): readonly TimelineItem[] {
  const edits = foldEdits(events);
  const before = new Map(earlier.map((item) => [item.key, item]));
  const items: TimelineItem[] = [];
  for (const event of events) {
    const item = itemOf(event, context, edits);
    if (!item) continue;
    const same = before.get(item.key);
    items.push(same && isSameData(same, item) ? same : item);
  }
  const isUnchanged = items.length === earlier.length && items.every((item, at) => item === earlier[at]);
  return isUnchanged ? earlier : items;
}

interface AppliedEdit extends Edit {
  event: SeenEvent;
}

/** The newest valid edit of each message, by the message's event id. */
function foldEdits(events: readonly SeenEvent[]): Map<string, AppliedEdit> {
  const byId = new Map(events.flatMap((event) => (event.eventId ? [[event.eventId, event] as const] : [])));
  const edits = new Map<string, AppliedEdit>();
  for (const event of events) {
    const edit = editOf(event);
    const target = edit && byId.get(edit.targetId);
    if (target && !event.isReplay && mayEdit(event, target)) edits.set(edit.targetId, { ...edit, event });
  }
  return edits;
}

function itemOf(event: SeenEvent, context: ItemContext, edits: Map<string, AppliedEdit>): TimelineItem | undefined {
  if (event.isRedacted) return undefined;
  if (event.isState) {
    const what = noticeOf(event, context.person);
    return what && { kind: 'notice', key: event.key, sentAtMs: event.sentAtMs, what };
  }
  if (typeof event.decryption === 'object') {
    return undecryptable(event, sealedReason(event.decryption.failed, context.sealedFacts(event.sender)), context);
  }
  if (event.type !== 'm.room.message' || editOf(event) || isVerification(event)) return undefined;
  const edit = event.eventId === undefined ? undefined : edits.get(event.eventId);
  return messageItem(event, edit, context);
}

/** A step of a verification is shown by itself, not as a message. */
export function isVerification({ content }: SeenEvent): boolean {
  return content.msgtype === 'm.key.verification.request';
}

function messageItem(event: SeenEvent, edit: AppliedEdit | undefined, context: ItemContext): TimelineItem | undefined {
  const { body, msgtype } = edit?.newContent ?? event.content;
  const verdict = verdictOn(event, context);
  const editVerdict = edit && verdictOn(edit.event, context);
  if (verdict.as === 'refused') return undecryptable(event, 'replayed', context);
  if (typeof body !== 'string') return undefined;
  const doubt = verdict.doubt ?? (editVerdict?.as === 'shown' ? editVerdict.doubt : undefined);
  return {
    kind: 'message',
    ...origin(event, context),
    text: body,
    style: styleOf(msgtype),
    isEdited: edit !== undefined,
    delivery: event.delivery ?? 'sent',
    ...(event.problem && { problem: event.problem }),
    ...(doubt && { doubt }),
    ...(event.sharedBy !== undefined && { sharedBy: context.person(event.sharedBy) }),
  };
}

function verdictOn(event: SeenEvent, { isRoomEncrypted }: ItemContext) {
  const { isEncrypted, isReplay, shield, delivery, sharedBy } = event;
  const [isLocalEcho, isShared] = [delivery !== undefined, sharedBy !== undefined];
  return judgeMessage({ isRoomEncrypted, isEncrypted, isReplay, shield, isLocalEcho, isShared });
}

function undecryptable(event: SeenEvent, reason: SealedReason, context: ItemContext): TimelineItem {
  const from = origin(event, context);
  return { kind: 'undecryptable', ...from, reason, action: sealedAction(reason, from.isMine) };
}

function origin(event: SeenEvent, context: ItemContext) {
  return {
    key: event.key,
    ...(event.eventId && { eventId: event.eventId }),
    sender: context.person(event.sender),
    isMine: event.sender === context.ownUserId,
    sentAtMs: event.sentAtMs,
  };
}

function styleOf(msgtype: unknown): MessageItem['style'] {
  if (msgtype === 'm.emote') return 'emote';
  return msgtype === 'm.notice' ? 'notice' : 'text';
}

/**
 * The first row that somebody else wrote after the row or event that was read last; undefined when all was read, or
 * when `readUpTo` isn't among the events. Pure.
 */
export function firstUnreadKey(
  events: readonly SeenEvent[],
  items: readonly TimelineItem[],
  readUpTo: string | undefined,
): string | undefined {
  const readAt = events.findLastIndex(({ eventId }) => eventId !== undefined && eventId === readUpTo);
  if (readAt < 0) return undefined;
  const later = new Set(events.slice(readAt + 1).map(({ key }) => key));
  return items.find((item) => item.kind !== 'notice' && !item.isMine && later.has(item.key))?.key;
}

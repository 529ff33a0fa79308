/** From what the session tells to the lines of a conversation: day lines, the unread line, who is named, who is not. */
import type { SealedReason, Timeline, TimelineItem } from '@sotto/client/types.ts';

type Said = Exclude<TimelineItem, { kind: 'notice' }>;

export type TimelineRow =
  /** The top: the beginning of the conversation, or what leads further back. */
  | { kind: 'top'; key: 'top'; earlier: Timeline['earlier'] }
  | { kind: 'day'; key: string; ms: number }
  | { kind: 'unread'; key: 'unread' }
  /**
   * `isFirst`: carries face, name and time; the ones after it in the group don't. `tellsOrigin`: the first that somebody
   * shared from before one came, or that the backup opened, which says so; those after it of the same origin carry a mark.
   * `tellsReason`: the first closed one of a run, which says why, and what to do; those after it are a short line.
   */
  | { kind: 'said'; key: string; item: Said; isFirst: boolean; tellsOrigin: boolean; tellsReason: boolean }
  | { kind: 'notice'; key: string; item: Extract<TimelineItem, { kind: 'notice' }> };

/** Messages of one person within this time stand together. */
const groupMs = 5 * 60_000;

/** The rows of a conversation, oldest first. `dayOf` numbers the days of the reader's calendar. */
export function timelineRows(timeline: Timeline, dayOf: (ms: number) => number): TimelineRow[] {
  const rows: TimelineRow[] = [{ kind: 'top', key: 'top', earlier: timeline.earlier }];
  let day: number | undefined;
  let before: TimelineItem | undefined;
  let origin: string | undefined;
  const isToldAnew = reasonsOnce();
  for (const item of withoutMaking(timeline.items)) {
    const itsDay = dayOf(item.sentAtMs);
    const isNewDay = itsDay !== day;
    if (isNewDay) rows.push({ kind: 'day', key: `day-${itsDay}-${item.key}`, ms: item.sentAtMs });
    const isFirstUnread = item.key === timeline.firstUnreadKey;
    if (isFirstUnread) rows.push({ kind: 'unread', key: 'unread' });
    if (item.kind === 'notice') rows.push({ kind: 'notice', key: item.key, item });
    else {
      const isFirst = isNewDay || isFirstUnread || !isSameGroup(before, item);
      const tellsOrigin = originOf(item) !== undefined && originOf(item) !== origin;
      const tellsReason = isToldAnew(item, isNewDay || isFirstUnread);
      rows.push({ kind: 'said', key: item.key, item, isFirst, tellsOrigin, tellsReason });
      origin = originOf(item);
    }
    day = itsDay;
    before = item;
  }
  return rows;
}

/** From whom the key of a message came, when not from its sender: who shared it, or the backup. */
function originOf(item: Said): string | undefined {
  if (item.kind !== 'message') return undefined;
  return item.sharedBy?.userId ?? (item.doubt === 'authenticity' ? 'backup' : undefined);
}

/** These say nothing of who wrote, and what to do is the same for all. */
const reasonsOfNobody: ReadonlySet<SealedReason> = new Set(['locked', 'broken', 'replayed']);

/**
 * Tells, message by message, which closed ones say why: the first of a run with the same reason, and the first of each
 * person in it where the reason is about them. With `isAnew`, where one may begin to read, a run begins anew.
 */
function reasonsOnce(): (item: Said, isAnew: boolean) => boolean {
  let reason: SealedReason | undefined;
  let told = new Set<string>();
  return (item, isAnew) => {
    const its = item.kind === 'undecryptable' ? item.reason : undefined;
    if (isAnew || its !== reason) told = new Set();
    reason = its;
    if (its === undefined) return false;
    const whose = reasonsOfNobody.has(its) ? '' : item.sender.userId;
    const isNew = !told.has(whose);
    told.add(whose);
    return isNew;
  };
}

/** Whoever makes a room joins and names it: that is told once, by "made this room", and by what stands above it. */
function withoutMaking(items: readonly TimelineItem[]): readonly TimelineItem[] {
  const first = items[0];
  if (first?.kind !== 'notice' || first.what.kind !== 'created') return items;
  const maker = first.what.by.userId;
  const isMaking = (item: TimelineItem) =>
    item.kind === 'notice' &&
    ((item.what.kind === 'joined' && item.what.who.userId === maker) ||
      (item.what.kind === 'named' && item.what.by.userId === maker));
  const isPart = (item: TimelineItem) => isMaking(item) || (item.kind === 'notice' && item.what.kind === 'encrypted');
  const end = items.findIndex((item, index) => index > 0 && !isPart(item));
  return items.filter((item, index) => !isMaking(item) || (end >= 0 && index > end));
}

function isSameGroup(before: TimelineItem | undefined, item: Exclude<TimelineItem, { kind: 'notice' }>): boolean {
  if (before === undefined || before.kind === 'notice' || before.sender.userId !== item.sender.userId) return false;
  if (before.kind === 'message' && before.style === 'emote') return false;
  if (item.kind === 'message' && item.style === 'emote') return false;
  return Math.abs(item.sentAtMs - before.sentAtMs) < groupMs;
}

/** Whether rows came in above those that stood: the list then keeps its place from the end, not from the start. */
export function isPrepended(before: readonly TimelineRow[], after: readonly TimelineRow[]): boolean {
  const was = firstItemKey(before);
  const is = firstItemKey(after);
  return was !== undefined && is !== undefined && was !== is && after.length > before.length;
}

function firstItemKey(rows: readonly TimelineRow[]): string | undefined {
  return rows.find((row) => row.kind === 'said' || row.kind === 'notice')?.key;
}

/** What to say aloud: the messages of others that came in at the end since `before`. */
export function newlySaid(before: Timeline, after: Timeline): Extract<TimelineItem, { kind: 'message' }>[] {
  const lastKey = before.items.at(-1)?.key;
  const from = after.items.findLastIndex((item) => item.key === lastKey);
  if (lastKey === undefined || from < 0) return [];
  return after.items.slice(from + 1).filter((item) => item.kind === 'message' && !item.isMine) as Extract<
    TimelineItem,
    { kind: 'message' }
  >[];
}

export interface TextPart {
  text: string;
  /** Set for an address on the web. */
  href?: string;
}

const address = /\bhttps?:\/\/[^\s<>"'`]+/gi;

/** A message's text with its web addresses picked out. Only `http` and `https`, and never the full stop behind one. */
export function textParts(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(address)) {
    const found = trimAddress(match[0]);
    if (!URL.canParse(found)) continue;
    if (match.index > end) parts.push({ text: text.slice(end, match.index) });
    parts.push({ text: found, href: new URL(found).href });
    end = match.index + found.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

function trimAddress(found: string): string {
  let address = found.replace(/[.,;:!?…]+$/, '');
  // A closing bracket belongs to the address only if it was opened there.
  while (/[)\]}]$/.test(address) && !hasOpening(address)) address = address.slice(0, -1).replace(/[.,;:!?…]+$/, '');
  return address;
}

function hasOpening(address: string): boolean {
  const closing = address.at(-1) ?? '';
  const opening = { ')': '(', ']': '[', '}': '{' }[closing] ?? '';
  return address.split(opening).length >= address.split(closing).length;
}

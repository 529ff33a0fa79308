/** What happened in a room, as one sentence; told to the one it happened to, it says "you". */
import type { Person, TimelineItem } from '@sotto/client/types.ts';
import type { Catalogue } from '../../i18n/catalogue.ts';

export type Happening = Extract<TimelineItem, { kind: 'notice' }>['what'];

/** The sentence for a notice, as `myId` reads it. */
export function noticeText(t: Catalogue, what: Happening, myId: string): string {
  const n = t.notices;
  const isMe = (person: Person) => person.userId === myId;
  switch (what.kind) {
    case 'created':
      if (what.follows) return isMe(what.by) ? n.continuesByYou : n.continues(what.by.displayName);
      return isMe(what.by) ? n.createdByYou : n.created(what.by.displayName);
    case 'replaced':
      return isMe(what.by) ? n.replacedByYou : n.replaced(what.by.displayName);
    case 'encrypted':
      return n.encrypted;
    case 'joined':
      return isMe(what.who) ? n.joinedYou : n.joined(what.who.displayName);
    case 'left':
      return isMe(what.who) ? n.leftYou : n.left(what.who.displayName);
    case 'declined':
      return isMe(what.who) ? n.declinedYou : n.declined(what.who.displayName);
    case 'named':
      return isMe(what.by) ? n.namedByYou(what.name) : n.named(what.by.displayName, what.name);
    case 'renamed-self':
      return isMe(what.who) ? n.renamedYou(what.who.displayName) : n.renamed(what.from, what.who.displayName);
    default:
      return doneTo(t, what, isMe);
  }
}

function doneTo(
  t: Catalogue,
  what: Extract<Happening, { kind: 'invited' | 'removed' | 'banned' }>,
  isMe: (person: Person) => boolean,
): string {
  const [by, who] = [what.by.displayName, what.who.displayName];
  const forms = {
    invited: { byMe: t.notices.invitedByYou, me: t.notices.invitedYou, others: t.notices.invited },
    removed: { byMe: t.notices.removedByYou, me: t.notices.removedYou, others: t.notices.removed },
    banned: { byMe: t.notices.bannedByYou, me: t.notices.bannedYou, others: t.notices.banned },
  }[what.kind];
  if (isMe(what.by)) return forms.byMe(who);
  return isMe(what.who) ? forms.me(by) : forms.others(by, who);
}

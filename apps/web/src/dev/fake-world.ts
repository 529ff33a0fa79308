/** The people, rooms and messages of the scripted session. */
import type { Member, Person, RoomSummary, TimelineItem } from '@sotto/client/types.ts';

export const lena: Person = { userId: '@lena:havenline.example', displayName: 'Lena Brandt' };
export const mira: Person = { userId: '@mira:havenline.example', displayName: 'Mira Hoffmann' };
export const elif: Person = { userId: '@elif:havenline.example', displayName: 'Elif Aydın' };
export const jonas: Person = { userId: '@jonas:havenline.example', displayName: 'Jonas Weber' };
export const noor: Person = { userId: '@noor:havenline.example', displayName: 'Noor Haddad' };
export const people = [lena, mira, elif, jonas, noor];

/** A made-up fingerprint, ever the same for a session. */
export function fingerprintOf(deviceId: string): string {
  const text = deviceId.repeat(5).slice(0, 43);
  return (text.match(/.{1,4}/g) ?? []).join(' ');
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

type Message = Extract<TimelineItem, { kind: 'message' }>;

/** A message, by default a sent one. */
export function said(sender: Person, text: string, more: Partial<Message> & { sentAtMs: number }): Message {
  const key = more.key ?? `${sender.userId}-${more.sentAtMs}`;
  const isMine = sender.userId === lena.userId;
  return { kind: 'message', sender, isMine, text, style: 'text', isEdited: false, delivery: 'sent', ...more, key };
}

/** A member of every fake room. */
export function memberOf(person: Person, more: Partial<Member> = {}): Member {
  return { ...person, membership: 'join', powerLevel: 0, ...more };
}

function summary(roomId: string, name: string, more: Partial<RoomSummary>): RoomSummary {
  const plain = { kind: 'room', membership: 'join', isEncrypted: true, unreadCount: 0, mentionCount: 0 } as const;
  return { roomId, name, ...plain, lastActivityMs: 0, ...more };
}

/** The list of chats, as of `now`. */
export function fakeRooms(now: number): RoomSummary[] {
  const text = (person: Person, words: string) => ({
    senderName: person.displayName,
    isMine: person === lena,
    text: words,
    kind: 'text' as const,
  });
  const direct = (person: Person) => ({ kind: 'direct', otherUserId: person.userId }) as const;
  return [
    summary('!board:x', 'Board', { membership: 'invite', inviter: noor, lastActivityMs: now - hour }),
    summary('!night:x', 'Night shift', {
      shield: 'grey',
      unreadCount: 2,
      preview: text(elif, 'The door code changes today. I’ll tell you the new one on the phone.'),
      lastActivityMs: now - 5 * minute,
    }),
    summary('!mira:x', mira.displayName, {
      ...direct(mira),
      shield: 'green',
      unreadCount: 1,
      preview: text(mira, 'Could you look at the draft before ten?'),
      lastActivityMs: now - 40 * minute,
    }),
    summary('!elif:x', elif.displayName, {
      ...direct(elif),
      shield: 'grey',
      preview: text(lena, 'See you on Saturday then'),
      lastActivityMs: now - day,
    }),
    summary('!coordination:x', 'Coordination', {
      shield: 'red',
      preview: { senderName: jonas.displayName, isMine: false, text: '', kind: 'undecryptable' },
      lastActivityMs: now - 2 * day,
    }),
    summary('!announcements:x', 'Announcements', {
      isEncrypted: false,
      preview: text(noor, 'The office is closed on Monday.'),
      lastActivityMs: now - 3 * day,
    }),
    summary('!summer:x', 'Summer party with everyone who helped in the garden', {
      preview: text(noor, 'I can bring the speakers'),
      lastActivityMs: now - 30 * day,
    }),
  ];
}

/** A conversation in which everything occurs that can. */
export function fakeConversation(now: number): TimelineItem[] {
  const at = (ago: number) => ({ sentAtMs: now - ago });
  return [
    { kind: 'notice', key: 'n1', ...at(day + 12 * hour), what: { kind: 'created', by: mira } },
    { kind: 'notice', key: 'n2', ...at(day + 12 * hour), what: { kind: 'encrypted', by: mira } },
    { kind: 'notice', key: 'n3', ...at(day + 11.9 * hour), what: { kind: 'invited', by: mira, who: lena } },
    { kind: 'notice', key: 'n4', ...at(day + 11.8 * hour), what: { kind: 'joined', who: lena } },
    said(mira, 'Handover is in the notes. Quiet so far, two people asked for the housing list.', at(day + 11 * hour)),
    said(elif, 'Morning. I can take the late shift if someone covers Saturday.', at(3 * hour)),
    said(elif, '14:00 to 18:00, and the keys are with me.', at(3 * hour - minute)),
    said(elif, 'The plan is here: https://havenline.example/plan?week=47', {
      ...at(3 * hour - 2 * minute),
      isEdited: true,
    }),
    said(lena, 'Saturday is mine. I’ll pick up the keys on Friday.', at(2.9 * hour)),
    {
      kind: 'undecryptable',
      key: 'u1',
      sender: jonas,
      isMine: false,
      reason: 'waiting-for-key',
      action: 'wait',
      ...at(2 * hour),
    },
    {
      kind: 'undecryptable',
      key: 'u2',
      sender: elif,
      isMine: false,
      reason: 'locked',
      action: 'unlock',
      ...at(1.8 * hour),
    },
    {
      kind: 'undecryptable',
      key: 'u3',
      sender: jonas,
      isMine: false,
      reason: 'withheld',
      action: 'ask-sender',
      ...at(1.7 * hour),
    },
    said(mira, 'The spare key hangs behind the door.', { ...at(1.6 * hour), sharedBy: jonas }),
    said(mira, 'The alarm is off until eight.', { ...at(1.59 * hour), sharedBy: jonas }),
    { kind: 'notice', key: 'n5', ...at(1.5 * hour), what: { kind: 'invited', by: mira, who: noor } },
    said(mira, 'waves from the kitchen', { ...at(hour), style: 'emote' }),
    said(elif, 'The door code changes today. I’ll tell you the new one on the phone.', {
      ...at(20 * minute),
      key: 'unread-1',
      doubt: 'unsigned-device',
    }),
    said(mira, 'Thanks', { ...at(15 * minute), doubt: 'not-encrypted' }),
    said(lena, 'Good.\nThis is the plan for the week:\n· Monday: Jonas\n· Tuesday: Noor and I', at(9 * minute)),
    said(lena, 'And who has the phone tonight?', {
      ...at(2 * minute),
      delivery: 'failed',
      problem: { kind: 'network' },
    }),
    said(lena, 'I can take it until ten.', { ...at(0), key: 'sending', delivery: 'sending' }),
  ];
}

/** Ever the same long conversation: `count` messages, the newest a minute old. */
export function longConversation(count: number, now: number): TimelineItem[] {
  const words = 'The housing list is on the second page and the new volunteers come on Thursday with Noor'.split(' ');
  return Array.from({ length: count }, (_, index) => {
    const sender = people[(index * 7 + Math.floor(index / 3)) % people.length] ?? mira;
    const text = `${index + 1} ${words.slice(0, 3 + ((index * 5) % (words.length - 2))).join(' ')}`;
    return said(sender, text, { key: `m${index}`, sentAtMs: now - (count - index) * 3 * minute });
  });
}

/** The beginning of a room that goes on from another one. */
export function continued(now: number, follows: { roomId: string }): TimelineItem[] {
  const sentAtMs = now - hour;
  return [
    { kind: 'notice', key: 'created', sentAtMs, what: { kind: 'created', by: mira, follows } },
    said(mira, 'Here we are', { sentAtMs: now - hour / 2 }),
  ];
}

/** What a new session finds: closed until it is unlocked, and some that never opens. */
export function closedConversation(now: number): TimelineItem[] {
  const senders = [mira, mira, jonas, lena, mira, mira];
  const run = (ago: number, count: number, why: Pick<Closed, 'reason' | 'action'>) =>
    senders.slice(0, count).map((sender, index): Closed => {
      const origin = { sender, isMine: sender === lena, sentAtMs: now - (ago - index) * minute };
      return { kind: 'undecryptable', key: `closed-${ago}-${index}`, ...origin, ...why };
    });
  return [
    ...run(40, 6, { reason: 'locked', action: 'unlock' }),
    ...run(30, 3, { reason: 'not-in-backup', action: 'ask-sender' }),
    said(jonas, 'Welcome back. The list is on the second page.', { sentAtMs: now - 9 * minute }),
    ...run(8, 2, { reason: 'waiting-for-key', action: 'wait' }),
  ];
}

/** Every reason why a message can be closed, and every doubt about one that is open. */
export function doubtfulConversation(now: number): TimelineItem[] {
  const reasons: [Closed['reason'], Closed['action']][] = [
    ['waiting-for-key', 'wait'],
    ['locked', 'unlock'],
    ['not-in-backup', 'ask-sender'],
    ['no-backup', 'ask-sender'],
    ['sent-before-joined', 'ask-sender'],
    ['withheld', 'ask-sender'],
    ['withheld-unverified', 'verify-session'],
    ['withheld-unverified-person', 'verify-person'],
    ['unsigned-device', 'ask-sender'],
    ['identity-changed', 'accept-identity'],
    ['replayed', 'none'],
    ['broken', 'none'],
  ];
  const doubts = ['not-encrypted', 'unsigned-device', 'unknown-device', 'authenticity', 'sender-mismatch'] as const;
  const from = (index: number) => (index % 2 === 0 ? jonas : mira);
  const sentAtMs = now - 9 * minute;
  return [
    ...reasons.map(([reason, action], index): Closed => {
      return { kind: 'undecryptable', key: reason, sender: from(index), isMine: false, sentAtMs, reason, action };
    }),
    ...doubts.map((doubt, index) => said(from(index + 1), 'Thanks', { key: `doubt-${doubt}`, sentAtMs, doubt })),
  ];
}

type Closed = Extract<TimelineItem, { kind: 'undecryptable' }>;

import type { Person, TimelineItem } from '../types.ts';
import { withoutBidi } from './names.ts';
import type { SeenEvent } from './seen-event.ts';

type Notice = Extract<TimelineItem, { kind: 'notice' }>['what'];

/** What a state event tells the people in the room; undefined for what needs no line. Pure. */
export function noticeOf(event: SeenEvent, person: (userId: string) => Person): Notice | undefined {
  const by = person(event.sender);
  switch (event.type) {
    case 'm.room.create':
      return { kind: 'created', by, ...followsOf(event.content.predecessor) };
    case 'm.room.tombstone': {
      const roomId = event.content.replacement_room;
      return typeof roomId === 'string' && roomId !== '' ? { kind: 'replaced', by, roomId } : undefined;
    }
    case 'm.room.encryption':
      return { kind: 'encrypted', by };
    case 'm.room.name': {
      const name = event.content.name;
      return typeof name === 'string' && name !== '' ? { kind: 'named', by, name: withoutBidi(name) } : undefined;
    }
    case 'm.room.member':
      return membershipNotice(event, { by, who: person(event.stateKey ?? '') });
    default:
      return undefined;
  }
}

/** The room that a new one goes on from (client-server API, "m.room.create"). */
function followsOf(predecessor: unknown): { follows?: { roomId: string } } {
  const roomId = (predecessor as { room_id?: unknown } | undefined)?.room_id;
  return typeof roomId === 'string' && roomId !== '' ? { follows: { roomId } } : {};
}

/** One change of membership (client-server API, "m.room.member": what each transition means). */
function membershipNotice(event: SeenEvent, { by, who }: { by: Person; who: Person }): Notice | undefined {
  const isOwn = event.sender === event.stateKey;
  const before = event.previous.membership;
  switch (event.content.membership) {
    case 'join':
      return before === 'join' ? renamed(event, who) : { kind: 'joined', who };
    case 'invite':
      return { kind: 'invited', who, by };
    case 'ban':
      return { kind: 'banned', who, by };
    case 'leave':
      if (before === 'invite' && isOwn) return { kind: 'declined', who };
      if (before === 'ban' || before === 'knock') return undefined;
      return isOwn ? { kind: 'left', who } : { kind: 'removed', who, by };
    default:
      return undefined;
  }
}

function renamed(event: SeenEvent, who: Person): Notice | undefined {
  const from = event.previous.displayname;
  const to = event.content.displayname;
  if (from === to || typeof from !== 'string') return undefined;
  return { kind: 'renamed-self', who, from: withoutBidi(from) };
}

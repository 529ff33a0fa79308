import type { Person, RoomSummary, SottoSession } from '@sotto/client/types.ts';
import { Avatar } from '@sotto/ui/avatar/avatar.tsx';
import { Dialog } from '@sotto/ui/dialog/dialog.tsx';
import { Fault } from '@sotto/ui/field/field.tsx';
import { Badge } from '@sotto/ui/list/badge.tsx';
import { SearchList, type SearchOption } from '@sotto/ui/search-list/search-list.tsx';
import { useState } from 'react';
import { problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import { typedAddress } from '../../people/address.ts';
import { PersonLine } from '../../people/person-line.tsx';
import { usePeopleSearch } from '../../people/use-people-search.ts';
import css from './finder.module.css';
import { bestFits } from './match.ts';

export interface FinderDialogProps {
  session: Pick<SottoSession, 'searchPeople'>;
  rooms: readonly RoomSummary[];
  myId: string;
  onClose(): void;
  onOpen(roomId: string): void;
  onPerson(person: Person): void;
}

const mostRooms = 8;

/** Ctrl/Cmd-K: rooms that are here, people who are on the server. */
export function FinderDialog({ session, rooms, myId, onClose, onOpen, onPerson }: FinderDialogProps) {
  const { t } = useWords();
  const [term, setTerm] = useState('');
  const { people, isSearching, problem } = usePeopleSearch(session.searchPeople, term);
  const inList = new Set(rooms.filter((room) => room.kind === 'direct').map((room) => room.otherUserId));
  const address = typedAddress(term);
  const others = people.filter((person) => person.userId !== myId && !inList.has(person.userId));
  if (address !== undefined && ![...others, { userId: myId }].some((person) => person.userId === address)) {
    others.push({ userId: address, displayName: address });
  }
  const options: SearchOption[] = [
    ...bestFits(rooms, term, (room) => `${room.name} ${room.otherUserId ?? ''}`)
      .slice(0, mostRooms)
      .map((room) => ({
        key: room.roomId,
        heading: t.finder.rooms,
        content: <RoomLine room={room} />,
        onChoose: () => onOpen(room.roomId),
      })),
    ...others.map((person) => ({
      key: person.userId,
      heading: t.finder.people,
      content: <PersonLine person={person} />,
      onChoose: () => onPerson(person),
    })),
  ];
  return (
    <Dialog title={t.finder.title} closeLabel={t.app.close} onClose={onClose}>
      <SearchList
        label={t.finder.placeholder}
        value={term}
        onValue={setTerm}
        options={options}
        empty={isSearching ? '' : term.trim() === '' ? t.finder.hint : t.finder.nothing}
        status={term.trim() === '' || isSearching ? '' : t.finder.found(options.length)}
      />
      {problem && <Fault>{problemText(t, problem)}</Fault>}
    </Dialog>
  );
}

function RoomLine({ room }: { room: RoomSummary }) {
  const { t } = useWords();
  return (
    <>
      <Avatar
        name={room.name}
        id={room.otherUserId ?? room.roomId}
        shape={room.kind === 'direct' ? 'round' : 'square'}
      />
      <span className={css.name}>{room.name}</span>
      <Badge count={room.unreadCount} label={t.rooms.unread(room.unreadCount)} />
    </>
  );
}
